using System.Text.RegularExpressions;
using Fail2Ban.Configuration.Ini;

namespace Fail2Ban.Configuration;

/// <summary>Looks for likely mistakes that the original passes over in silence. Never changes what is read.</summary>
internal sealed partial class ConfigurationAdvisor(IniFileSet jails, List<ConfigurationWarning> warnings)
{
    // Used by the stock actions and by nothing in the program.
    private static readonly string[] s_variables =
    [
        "mode", "port", "protocol", "chain", "banaction", "banaction_allports", "destemail", "sender", "sendername", "mta", "fail2ban_agent",
        "action_", "action_mw", "action_mwl", "action_xarf", "action_cf_mwl", "action_blocklist_de", "action_abuseipdb",
    ];

    private static readonly string[] s_actionParameters = ["name", "actname", "timeout", "bantime", "norestored", "lane", "families"];

    // Whoever has more of a kind has seen the point.
    private const int MostPatterns = 5;

    private readonly HashSet<IniFileSet> _seen = [];
    private readonly HashSet<IniDocument> _documents = [];
    private HashSet<string>? _known;

    /// <summary>Section names that are special only when written otherwise, and options of <c>[DEFAULT]</c>.</summary>
    public void General(IniFileSet server)
    {
        foreach (IniSection section in jails.Sections.Values)
        {
            foreach (string special in new[] { IniDocument.DefaultSection, IniDocument.IncludesSection })
            {
                if (section.Name != special && section.Name.Equals(special, StringComparison.OrdinalIgnoreCase))
                    warnings.Add(new(section.File, section.Line, $"section [{section.Name}] is an ordinary section; write [{special}]"));
            }
        }

        Included(jails);
        OptionRule[] rules = [.. OptionRules.Server, new("socket"), new("pidfile")];
        Files(server, rules);
        Near(server, server.Defaults, rules);
        Options(jails.Defaults);
        Flags(jails.Defaults, all: true);
        if (jails.Defaults.Options.TryGetValue("enabled", out IniValue? enabled) && OptionRule.IsTrue(enabled.Text))
            Warn(enabled, "enabled in [DEFAULT] switches on every jail; set it in the sections of the jails that you want");
    }

    /// <summary>Yes or no, misspelled: the original takes all that is not a yes for a no.</summary>
    /// <param name="section">A jail.</param>
    /// <param name="all">All such options, not only <c>enabled</c>.</param>
    public void Flags(IniSection section, bool all)
    {
        foreach (OptionRule rule in OptionRules.Jail)
        {
            if (rule.Kind != OptionKind.Flag || !all && rule.Name != "enabled" || !section.Options.TryGetValue(rule.Name, out IniValue? value)) continue;
            if (value.Text.Contains('%', StringComparison.Ordinal) || OptionRule.IsTrue(value.Text) || value.Text.ToLowerInvariant() is "" or "0" or "off" or "false" or "no") continue;
            Warn(value, $"{rule.Name} = {value.Text} in [{section.Name}] counts as false; write true or false");
        }
    }

    /// <summary>An enabled jail.</summary>
    public void Jail(AdvisedJail jail)
    {
        Options(jail.Section);
        new JournalAdvisor(jails, warnings).Advise(jail);
        foreach (string regex in jail.FailRegexes.Where(regex => OpenPattern.IsOpen(regex, jail.PrefRegex)).Take(MostPatterns))
        {
            ConfigurationPlace place = jail.PlaceOf(regex) ?? new(jail.Section.File, jail.Section.Line);
            warnings.Add(new(place.File, place.Line, $"failregex of jail '{jail.Section.Name}' is open before and behind the address, so text of an attacker may pass for a whole match; begin it with ^ and end it with $: {Shortened(regex)}"));
        }
    }

    /// <summary>Names that are not there: files to include, and options that are nearly one of the known.</summary>
    /// <param name="files">A filter, an action or <c>fail2ban.conf</c>.</param>
    /// <param name="rules">The known options of its <c>[Definition]</c>.</param>
    public void Files(IniFileSet files, OptionRule[] rules)
    {
        if (!_seen.Add(files)) return;
        Included(files);
        if (files.Sections.GetValueOrDefault("Definition") is { } definition) Near(files, definition, rules);
    }

    /// <summary>A filter or an action that does not exist.</summary>
    /// <returns>The name that was meant, as a part of a sentence; empty if there is none.</returns>
    public static string DidYouMean(string directory, string name)
    {
        if (!Directory.Exists(directory) || name.Contains('\0', StringComparison.Ordinal)) return "";
        try
        {
            if (name.EndsWith(".conf", StringComparison.Ordinal) && File.Exists(Path.Combine(directory, name))) return $"; write '{name[..^5]}', without .conf";
            return NearNames.Find(name, Directory.GetFiles(directory, "*.conf").Select(file => Path.GetFileNameWithoutExtension(file))) is { } near ? $"; did you mean '{near}'?" : "";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Only a hint.
            return "";
        }
    }

    private void Near(IniFileSet files, IniSection section, OptionRule[] rules)
    {
        foreach ((string option, IniValue value) in section.Options)
        {
            if (Array.Exists(rules, rule => rule.Name == option) || IsReferred(files, option)) continue;
            if (NearNames.Find(option, rules.Select(rule => rule.Name)) is { } near) Warn(value, $"unknown option '{option}' in [{section.Name}]; did you mean '{near}'?");
        }
    }

    private void Included(IniFileSet files)
    {
        foreach (IniDocument document in files.Documents)
        {
            if (document.Sections.GetValueOrDefault(IniDocument.IncludesSection) is not { } includes || !_documents.Add(document)) continue;
            foreach (string option in new[] { "before", "after" })
            {
                if (!includes.Options.TryGetValue(option, out IniValue? names) || names.Text.Contains('%', StringComparison.Ordinal)) continue;
                foreach (string name in names.Text.Split('\n'))
                {
                    // Files of the user's own are included in case they are there.
                    if (name.Length == 0 || name.EndsWith(".local", StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal)) continue;
                    string path = Path.Combine(Path.GetDirectoryName(document.File) ?? "", name);
                    if (!FilePresence.Exists(path)) Warn(names, $"{option} = {name}: there is no {path}");
                }
            }
        }
    }

    private static bool IsReferred(IniFileSet files, string option)
    {
        foreach (IniSection section in files.Sections.Values.Append(files.Defaults))
        {
            foreach (IniValue value in section.Options.Values)
            {
                int at = value.Text.IndexOf(option, StringComparison.OrdinalIgnoreCase);
                if (at > 0 && value.Text[at - 1] is '(' or '<' or '/' or '-' or '_') return true;
            }
        }

        return false;
    }

    private static string Shortened(string regex) => regex.Length <= 100 ? regex : regex[..97] + "...";

    private void Warn(IniValue place, string message) => warnings.Add(new(place.File, place.Line, message));

    /// <summary>Parameters that an action does not know, if they stand in the jail's own text.</summary>
    public void Action(string jail, ParameterList action, IniFileSet files)
    {
        Files(files, OptionRules.Action);
        IniValue? origin = jails.Sections[jail].Options.GetValueOrDefault("action") ?? jails.Defaults.Options.GetValueOrDefault("action");
        if (origin is null) return;
        foreach (string parameter in action.Parameters.Keys)
        {
            string name = parameter.Split('?')[0];
            if (!origin.Text.Contains(parameter + "=", StringComparison.Ordinal) || Array.IndexOf(s_actionParameters, name) >= 0) continue;
            if (Array.Exists(OptionRules.Action, rule => rule.Name == name) || IsUsed(files, name)) continue;
            List<string> known = [.. files.Sections.Where(section => section.Key is "Init" or "Definition").SelectMany(section => section.Value.Options.Keys), .. s_actionParameters];
            string? near = NearNames.Find(name, known);
            warnings.Add(new(origin.File, origin.Line, $"action '{action.Name}' of jail '{jail}' has no parameter '{name}'{(near is null ? "" : $"; did you mean '{near}'?")}"));
        }
    }

    private static bool IsUsed(IniFileSet files, string name)
    {
        foreach (IniSection section in files.Sections.Values.Append(files.Defaults))
        {
            string option = name.ToLowerInvariant();
            if (section.Options.Keys.Any(key => key == option || key.StartsWith(option + "?", StringComparison.Ordinal))) return true;
            foreach (IniValue value in section.Options.Values)
            {
                if (value.Text.Contains($"<{name}>", StringComparison.Ordinal) || value.Text.Contains($"%({name})s", StringComparison.OrdinalIgnoreCase)) return true;
            }
        }

        return false;
    }

    private void Options(IniSection section)
    {
        _known ??= Known();
        foreach ((string option, IniValue value) in section.Options)
        {
            if (_known.Contains(option)) continue;
            string? near = NearNames.Find(option, _known);
            if (near is not null) warnings.Add(new(value.File, value.Line, $"unknown option '{option}' in [{section.Name}]; did you mean '{near}'?"));
        }
    }

    // What the program knows, and what any value refers to.
    private HashSet<string> Known()
    {
        HashSet<string> known = [.. OptionRules.Jail.Select(rule => rule.Name), .. s_variables];
        foreach (IniSection section in jails.Sections.Values.Append(jails.Defaults))
        {
            foreach (IniValue value in section.Options.Values)
            {
                if (!value.Text.Contains("%(", StringComparison.Ordinal)) continue;
                foreach (Match use in Reference().Matches(value.Text)) known.Add(use.Groups[1].Value.ToLowerInvariant());
            }
        }

        return known;
    }

    [GeneratedRegex(@"%\((?:[\w\-]+/)?([^)]+)\)s")]
    private static partial Regex Reference();
}
