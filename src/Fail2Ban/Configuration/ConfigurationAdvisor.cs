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

    private HashSet<string>? _known;

    /// <summary>Section names that are special only when written otherwise, and options of <c>[DEFAULT]</c>.</summary>
    public void General()
    {
        foreach (IniSection section in jails.Sections.Values)
        {
            foreach (string special in new[] { IniDocument.DefaultSection, IniDocument.IncludesSection })
            {
                if (section.Name != special && section.Name.Equals(special, StringComparison.OrdinalIgnoreCase))
                    warnings.Add(new(section.File, section.Line, $"section [{section.Name}] is an ordinary section; write [{special}]"));
            }
        }

        Options(jails.Defaults);
    }

    /// <summary>Options of an enabled jail.</summary>
    public void Jail(IniSection jail, string backend, IReadOnlyList<string> emptyGlobs)
    {
        Options(jail);
        if (jail.Options.TryGetValue("logpath", out IniValue? paths))
        {
            bool stock = paths.File.EndsWith("/jail.conf", StringComparison.Ordinal);
            if (backend.StartsWith("systemd", StringComparison.Ordinal) && !stock)
                warnings.Add(new(paths.File, paths.Line, $"logpath of jail '{jail.Name}' has no effect with backend {backend}; set journalmatch, or another backend"));
        }

        IniValue? origin = paths ?? jails.Defaults.Options.GetValueOrDefault("logpath");
        foreach (string glob in emptyGlobs)
            if (origin is not null) warnings.Add(new(origin.File, origin.Line, $"logpath of jail '{jail.Name}' matches no file: {glob}"));
    }

    /// <summary>Parameters that an action does not know, if they stand in the jail's own text.</summary>
    public void Action(string jail, ParameterList action, IniFileSet files)
    {
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
