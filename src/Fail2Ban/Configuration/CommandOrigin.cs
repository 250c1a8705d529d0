using System.Text.RegularExpressions;
using Fail2Ban.Configuration.Ini;

namespace Fail2Ban.Configuration;

/// <summary>Finds the line that a value was made of by interpolation and tags.</summary>
internal static partial class CommandOrigin
{
    // What little text is certain to occur by chance elsewhere.
    private const int LeastText = 4;

    /// <summary>The line whose literal text the value shares most of; the option's first line if there is none.</summary>
    /// <param name="value">One line, everything put in.</param>
    /// <param name="option">The option that it was read from; null if unknown.</param>
    /// <param name="sources">Files of which the option may be made; empty if its own lines are all.</param>
    public static ConfigurationPlace? Find(string value, IniValue? option, params IEnumerable<IniFileSet> sources)
    {
        ConfigurationPlace? best = option?.Place;
        int longest = LeastText - 1;
        IEnumerable<IniValue> others = sources.SelectMany(set => set.Sections.Values.Append(set.Defaults)).SelectMany(section => section.Options.Values);
        foreach (IniValue candidate in option is null ? others : others.Prepend(option))
        {
            string[] lines = candidate.Text.Split('\n');
            for (int index = 0; index < lines.Length; index++)
            {
                int shared = Shared(lines[index], value);
                if (shared <= longest) continue;
                longest = shared;
                best = new(candidate.File, candidate.Numbers is { } numbers ? numbers[index] : candidate.Line);
                if (shared == value.Length) return best;
            }
        }

        return best;
    }

    // How much literal text a raw line gives to the value; -1 if the value cannot come of it.
    private static int Shared(string raw, string value)
    {
        if (raw == value) return raw.Length;
        string[] pieces = Replaced().Split(raw.Replace("%%", "%", StringComparison.Ordinal));
        if (pieces.Length == 1) return pieces[0] == value ? value.Length : -1;
        if (!value.StartsWith(pieces[0], StringComparison.Ordinal) || !value.EndsWith(pieces[^1], StringComparison.Ordinal)) return -1;
        int at = 0;
        int shared = 0;
        foreach (string piece in pieces)
        {
            int found = value.IndexOf(piece, at, StringComparison.Ordinal);
            if (found < 0) return -1;
            at = found + piece.Length;
            shared += piece.Length;
        }

        return shared;
    }

    [GeneratedRegex(@"%\([^)]*\)s|<[^<> ]+>")]
    private static partial Regex Replaced();
}
