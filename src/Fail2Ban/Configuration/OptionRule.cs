using System.Globalization;
using System.Numerics;
using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>What an option's text is converted to.</summary>
internal enum OptionKind
{
    Text,

    /// <summary>Python's <c>int()</c>; anything else is warned about and becomes null.</summary>
    Whole,

    /// <summary>1, on, true, yes; anything else is false.</summary>
    Flag,
}

/// <summary>One option that the original knows.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Kind">Its type.</param>
/// <param name="Default">Its value when no file has it; null leaves it out of the result.</param>
internal readonly record struct OptionRule(string Name, OptionKind Kind = OptionKind.Text, object? Default = null)
{
    /// <summary>Reads the options that a section (or <c>[DEFAULT]</c>) has, in the order of the rules.</summary>
    /// <param name="rules">Which options.</param>
    /// <param name="scope">Where.</param>
    /// <param name="section">For messages.</param>
    /// <param name="log">Wrong values are reported here.</param>
    /// <exception cref="ConfigurationException">A value cannot be interpolated.</exception>
    public static OrderedDictionary<string, object?> Read(ReadOnlySpan<OptionRule> rules, IniScope scope, string section, Log log)
    {
        var values = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        foreach (OptionRule rule in rules)
        {
            if (scope.Get(rule.Name) is { } text)
            {
                values[rule.Name] = rule.Convert(text, section, log);
            }
            else if (rule.Default is not null)
            {
                log.NotDefined(rule.Name, section, PythonText.Repr(rule.Default));
                values[rule.Name] = rule.Default;
            }
        }

        return values;
    }

    public object? Convert(string text, string section, Log log)
    {
        switch (Kind)
        {
            case OptionKind.Flag:
                return IsTrue(text);
            case OptionKind.Whole:
                if (Whole(text) is { } number) return number;
                log.WrongValue(Name, section, $"'{PythonText.Str(Default)}'");
                return Default;
            default:
                return text;
        }
    }

    public static bool IsTrue(string text) => text.Trim().ToLowerInvariant() is "1" or "on" or "true" or "yes";

    /// <summary>A whole number as Python's <c>int()</c> reads it: blanks around it, a sign, single underscores between digits.</summary>
    public static object? Whole(string text)
    {
        string digits = text.Trim();
        if (digits.StartsWith('_') || digits.EndsWith('_') || digits.Contains("__", StringComparison.Ordinal) || digits.Length > 4000) return null;
        if (digits is ['+' or '-', '_', ..]) return null;
        digits = digits.Replace("_", "", StringComparison.Ordinal);
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) return number;
        return BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger large) ? large : null;
    }
}
