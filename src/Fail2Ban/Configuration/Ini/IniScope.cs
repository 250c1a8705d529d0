using Fail2Ban.Values;

namespace Fail2Ban.Configuration.Ini;

/// <summary>One section as it is read: its own options, those of <c>[DEFAULT]</c>, what the caller adds, and interpolation.</summary>
/// <param name="files">The merged files.</param>
/// <param name="section">Name of the section, which need not exist.</param>
/// <param name="variables">Go before the section's own options; names in lower case.</param>
/// <param name="defaults">Go before <c>[DEFAULT]</c>.</param>
/// <param name="injected">Added to the section itself (the filter's options as <c>known/…</c>); replace its own.</param>
internal sealed class IniScope(
    IniFileSet files,
    string section,
    IReadOnlyDictionary<string, string>? variables = null,
    IReadOnlyDictionary<string, string>? injected = null,
    IReadOnlyDictionary<string, string>? defaults = null)
{
    // As in Python's configparser: a value may need nine further values, one inside the other.
    private const int DeepestNesting = 10;

    // Text that doubles at each level reaches megabytes within the allowed depth.
    private const int LongestValue = 16 * 1024 * 1024;

    private const int MostSteps = 100_000;

    private readonly IniSection? _own = files.Sections.GetValueOrDefault(section);

    public bool Exists => _own is not null;

    /// <summary>Whether the section itself, not <c>[DEFAULT]</c>, has the option.</summary>
    public bool HasOwn(string option) => _own?.Options.ContainsKey(option) ?? false;

    /// <summary>Names of the section's own options, in order.</summary>
    public IEnumerable<string> OwnOptions => _own?.Options.Keys ?? Enumerable.Empty<string>();

    /// <summary>Names of the section's own options, then those that only <c>[DEFAULT]</c> has.</summary>
    public IEnumerable<string> Options => OwnOptions.Concat(files.Defaults.Options.Keys.Where(option => !HasOwn(option)));

    /// <summary>Where an option's value stands; null if it has none or it comes from the caller.</summary>
    public IniValue? Origin(string option) => _own?.Options.GetValueOrDefault(option) ?? files.Defaults.Options.GetValueOrDefault(option);

    /// <summary>An option's value, interpolated; null if there is none.</summary>
    /// <exception cref="ConfigurationException">It cannot be interpolated.</exception>
    public string? Get(string option)
    {
        return Expand(option, Raw(option));
    }

    /// <summary>The value of a tag: an option, or <c>section/option</c>, which is then expanded as that section sees it.</summary>
    public string? GetTag(string tag)
    {
        int slash = tag.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && files.Sections.ContainsKey(tag[..slash])) return new IniScope(files, tag[..slash]).GetTag(tag[(slash + 1)..]);
        if (tag.StartsWith("known/", StringComparison.Ordinal) && injected is null)
        {
            // A parameter that extends what the file says: the file's value, not the parameter itself.
            string option = tag["known/".Length..].ToLowerInvariant();
            if ((files.Known(section, option) ?? files.Defaults.Options.GetValueOrDefault(option) ?? Origin(option)) is { } before) return Expand(tag, before.Text);
        }

        return tag == "__name__" ? null : Get(tag);
    }

    /// <summary>What stands between <c>%(</c> and <c>)s</c>: a plain name, or <c>section/option</c>.</summary>
    public string? Raw(string name)
    {
        string option = name.ToLowerInvariant();
        if (variables is not null && variables.TryGetValue(option, out string? text)) return text;
        if (injected is not null && injected.TryGetValue(option, out text)) return text;
        if (_own is not null && _own.Options.TryGetValue(option, out IniValue? value)) return value.Text;
        if (option == "__name__") return section;
        if (defaults is not null && defaults.TryGetValue(option, out text)) return text;
        if (files.Defaults.Options.TryGetValue(option, out value)) return value.Text;
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? Elsewhere(name[..slash], name[(slash + 1)..]) : null;
    }

    private string? Expand(string option, string? raw) =>
        raw is null || !raw.Contains('%', StringComparison.Ordinal) ? raw : new Interpolation(this, section, option, raw).Expand();

    private string? Elsewhere(string where, string option)
    {
        foreach (char letter in where)
            if (!char.IsLetterOrDigit(letter) && letter is not ('_' or '-')) return null;

        if (where == "known") return (files.Known(section, option) ?? files.Defaults.Options.GetValueOrDefault(option))?.Text;
        if (where.Equals("default", StringComparison.OrdinalIgnoreCase)) return files.Defaults.Options.GetValueOrDefault(option)?.Text;
        if (!files.Sections.TryGetValue(where, out IniSection? other)) return null;
        return option == "__name__" ? where : (other.Options.GetValueOrDefault(option) ?? files.Defaults.Options.GetValueOrDefault(option))?.Text;
    }

    /// <summary>One value being expanded; errors name the option that was asked for and its raw text.</summary>
    private sealed class Interpolation(IniScope scope, string section, string option, string raw)
    {
        private readonly System.Text.StringBuilder _result = new();
        private int _steps;

        public string Expand()
        {
            Expand(raw, 1);
            return _result.ToString();
        }

        private void Expand(string text, int depth)
        {
            if (depth > DeepestNesting)
            {
                throw Error($"Recursion limit exceeded in value substitution: option {PythonText.Repr(option)} in section {PythonText.Repr(section)} "
                    + $"contains an interpolation key which cannot be substituted in {DeepestNesting} steps. Raw value: {PythonText.Repr(raw)}");
            }

            int at = 0;
            while (at < text.Length)
            {
                int percent = text.IndexOf('%', at);
                Append(percent < 0 ? text.AsSpan(at) : text.AsSpan(at, percent - at));
                if (percent < 0) return;
                at = percent + 1;
                char next = at < text.Length ? text[at] : '\0';
                if (next == '%')
                {
                    Append("%");
                    at++;
                    continue;
                }

                if (next != '(') throw Error($"'%' must be followed by '%' or '(', found: {PythonText.Repr(text[percent..])}");
                int close = text.IndexOf(')', at);
                if (close < at + 2 || close + 1 >= text.Length || text[close + 1] != 's')
                    throw Error($"bad interpolation variable reference {PythonText.Repr(text[percent..])}");

                // Empty values can nest without growing the text, so the work is bounded as well.
                if (++_steps > MostSteps) throw Error($"option {PythonText.Repr(option)} in section {PythonText.Repr(section)} needs more than {MostSteps} substitutions");
                string name = text[(at + 1)..close];
                string value = scope.Raw(name) ?? throw Error(
                    $"Bad value substitution: option {PythonText.Repr(option)} in section {PythonText.Repr(section)} contains an interpolation key "
                    + $"{PythonText.Repr(name.ToLowerInvariant())} which is not a valid option name. Raw value: {PythonText.Repr(raw)}");
                at = close + 2;
                if (value.Contains('%', StringComparison.Ordinal)) Expand(value, depth + 1);
                else Append(value);
            }
        }

        private void Append(ReadOnlySpan<char> text)
        {
            if (_result.Length + text.Length > LongestValue)
                throw Error($"option {PythonText.Repr(option)} in section {PythonText.Repr(section)} grows beyond {LongestValue} characters by interpolation");
            _result.Append(text);
        }

        private ConfigurationException Error(string message)
        {
            IniValue? origin = scope.Origin(option);
            return new ConfigurationException(origin is null ? message : $"{message} ({origin.File}:{origin.Line})");
        }
    }
}
