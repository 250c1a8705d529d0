namespace Fail2Ban.Tests;

/// <summary>Where the tree is, so that tests can read sources, shipped configuration and samples.</summary>
internal static class RepositoryRoot
{
    internal static string Find()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fail2Ban.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
