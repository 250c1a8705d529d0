using System.Text;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Patterns;

namespace Fail2Ban.RegexTool.Lint;

/// <summary>Measures what texts that grow cost a pattern, in steps of the search.</summary>
internal static class SlowPatternCheck
{
    private const int FirstLength = 512;
    private const int LastLength = 4096;

    // A step a byte for each item of a pattern is usual; this is what only nested repetition needs.
    private const int MostStepsPerByte = 100;

    // What needs fewer than this at the first length grows in proportion.
    private const int QuietStepsPerByte = 8;

    // Of a text that is no longer, each place is tried where one character follows another.
    private const int ShortText = 48;

    // Hardly a pattern takes it, so that the search fails as late as it can.
    private const string Nothing = "\x01";

    /// <summary>The text that shows that a pattern is slow, and the steps for it; null where none does.</summary>
    /// <param name="regex">The pattern.</param>
    /// <param name="isMultiLine">Compiled so.</param>
    /// <param name="texts">What it matches, or sees; they are made to grow.</param>
    public static (byte[] Text, string Grown, long Steps)? Look(CompiledRegex regex, bool isMultiLine, IEnumerable<byte[]> texts)
    {
        using var counter = new StepCounter(regex.Regex.Expanded, isMultiLine);
        foreach (string text in texts.Where(text => Ascii.IsValid(text)).Select(Encoding.ASCII.GetString))
            foreach ((int place, string grown) in Growths(text))
                foreach (string end in (string[])[Nothing + text[place..], text[place..], text[place..].TrimEnd('\n') + Nothing])
                {
                    if (counter.Count(Grow(text[..place], grown, end, FirstLength), FirstLength * QuietStepsPerByte) <= FirstLength * QuietStepsPerByte) continue;
                    byte[] longest = Grow(text[..place], grown, end, LastLength);
                    long steps = counter.Count(longest, LastLength * MostStepsPerByte);
                    if (steps > LastLength * MostStepsPerByte) return (longest, grown, steps);
                }

        return null;
    }

    // Behind each word: its last character, the word, and all up to there, again and again.
    private static IEnumerable<(int Place, string Grown)> Growths(string text)
    {
        var tried = new HashSet<(int, string)>();
        int word = 0;
        for (int place = 1; place < text.Length; place++)
        {
            if (text.Length > ShortText ? char.IsAsciiLetterOrDigit(text[place]) : text[place] == text[place - 1]) continue;
            foreach (string grown in (string[])[text[(place - 1)..place], text[word..place], text[..place]])
                if (tried.Add((place, grown))) yield return (place, grown);
            word = place;
        }
    }

    private static byte[] Grow(string start, string grown, string end, int length)
    {
        var line = new StringBuilder(start, length + start.Length + grown.Length + end.Length);
        while (line.Length < length) line.Append(grown);
        return Encoding.ASCII.GetBytes(line.Append(end).ToString());
    }
}
