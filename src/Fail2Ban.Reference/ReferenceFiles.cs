namespace Fail2Ban.Reference;

/// <summary>Everything that is made from the definitions of options and commands.</summary>
internal static class ReferenceFiles
{
    /// <summary>Paths from the root of the repository, and what the files hold.</summary>
    internal static IEnumerable<(string Path, string Text)> All()
    {
        foreach ((Page page, int section) in new[] { (ProgramPages.Client, 1), (ProgramPages.Server, 1), (ProgramPages.RegexTool, 1), (ConfigurationPages.Manual, 5) })
            yield return ($"packaging/man/{page.Name}.{section}", RoffWriter.Write(page, section));
        foreach ((string name, Page page) in new[]
        {
            ("commands", ProgramPages.Client), ("server", ProgramPages.Server), ("regex", ProgramPages.RegexTool),
            ("fail2ban.conf", ConfigurationPages.Server), ("jail", ConfigurationPages.Jail), ("filter", ConfigurationPages.Filter), ("action", ConfigurationPages.Action),
        })
        {
            yield return ($"docs/reference/{name}.md", MarkdownWriter.Write(page));
        }
    }
}
