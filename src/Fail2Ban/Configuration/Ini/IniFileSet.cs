using System.Text.RegularExpressions;

namespace Fail2Ban.Configuration.Ini;

/// <summary>All files of one configuration name, merged: a later value replaces an earlier one, key by key.</summary>
/// <remarks>Read-only once built, so that jails share it.</remarks>
internal sealed partial class IniFileSet
{
    private readonly Dictionary<string, Dictionary<string, IniValue>> _known = new(StringComparer.Ordinal);

    public IniSection Defaults { get; } = new(IniDocument.DefaultSection, "", 0);

    /// <summary>In the order of first appearance.</summary>
    public OrderedDictionary<string, IniSection> Sections { get; } = new(StringComparer.Ordinal);

    /// <summary>The files merged, in order; one that was included twice stands twice.</summary>
    public List<IniDocument> Documents { get; } = [];

    public void Merge(IniDocument document)
    {
        Documents.Add(document);
        foreach ((string option, IniValue value) in document.Defaults.Options) Defaults.Options[option] = value;
        foreach ((string name, IniSection section) in document.Sections)
        {
            // [Init?family=inet6] holds variants of options of [Init].
            if (Conditional().Match(name) is { Success: true } conditional)
                Merge(conditional.Groups[1].Value, section, conditional.Groups[2].Value.ToLowerInvariant());
            else
                Merge(name, section, "");
        }
    }

    /// <summary>What an option was before the last file that redefined it in this section; null if it never was another.</summary>
    public IniValue? Known(string section, string option) =>
        _known.TryGetValue(section, out Dictionary<string, IniValue>? known) ? known.GetValueOrDefault(option) : null;

    private void Merge(string name, IniSection section, string condition)
    {
        if (!Sections.TryGetValue(name, out IniSection? target))
        {
            target = new IniSection(name, section.File, section.Line);
            Sections.Add(name, target);
        }

        foreach ((string option, IniValue value) in section.Options)
        {
            string key = option + condition;
            if (target.Options.TryGetValue(key, out IniValue? before) && !key.StartsWith("known/", StringComparison.Ordinal))
            {
                if (!_known.TryGetValue(name, out Dictionary<string, IniValue>? known)) _known[name] = known = new(StringComparer.Ordinal);
                known[key] = before;
            }

            target.Options[key] = value;
        }
    }

    [GeneratedRegex(@"^(\w+)(\?.+)$", RegexOptions.Singleline)]
    private static partial Regex Conditional();
}
