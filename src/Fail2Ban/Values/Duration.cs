using System.Globalization;
using System.Text;
using Fail2Ban.Values.Expressions;

namespace Fail2Ban.Values;

/// <summary>Durations as administrators write them: <c>600</c>, <c>10m</c>, <c>1d12h</c>, <c>2*3m</c>; in seconds.</summary>
public static class Duration
{
    // More than any sum that a person writes; keeps a hostile text from costing time.
    private const int LongestText = 1000;

    /// <summary>Reads a duration.</summary>
    /// <param name="text">The text as in the option.</param>
    /// <param name="seconds">long, or double where months, years, fractions or a division make it one (Python's <c>int</c> and <c>float</c>); negative is allowed.</param>
    /// <param name="error">In Python's words where the original shows them (<c>name 'abc' is not defined</c>); empty on success.</param>
    public static bool TryParse(string text, out object seconds, out string error)
    {
        seconds = 0L;
        if (text.Length > LongestText)
        {
            error = $"a duration of {text.Length} characters; the limit is {LongestText}";
            return false;
        }

        try
        {
            Number value = +Expression.Read(Sum(text), ExpressionNames.None).Evaluate(Random.Shared);
            error = value.ToObject() is null ? "the number does not fit into 64 bits" : "";
            seconds = value.ToObject() ?? 0L;
            return error.Length == 0;
        }
        catch (ExpressionException failure)
        {
            error = failure.Reason; // a place in the rewritten text would mislead
            return false;
        }
    }

    /// <summary>Reads a duration as a floating number of seconds.</summary>
    /// <param name="text">The text as in the option.</param>
    /// <param name="seconds">Seconds; fractions kept; negative is allowed.</param>
    /// <param name="error">What is wrong; empty on success.</param>
    public static bool TryParseSeconds(string text, out double seconds, out string error)
    {
        bool read = TryParse(text, out object value, out error);
        seconds = read ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : 0;
        return read;
    }

    // "1d12h" → "1*86400+12*3600": unit words become factors, numbers that stand side by side are added.
    private static string Sum(string text)
    {
        string spaced = SeparateUnits(text);
        var sum = new StringBuilder();
        for (int at = 0; at < spaced.Length;)
        {
            int end = at;
            while (end < spaced.Length && IsWord(spaced[end])) end++;
            bool startsUnit = end > at && char.IsAsciiLetter(spaced[at]) && at > 0 && (char.IsDigit(spaced[at - 1]) || char.IsWhiteSpace(spaced[at - 1]));
            if (startsUnit && Factor(spaced.AsSpan(at, end - at)) is { } factor)
            {
                sum.Append('*').Append(factor);
                at = end;
            }
            else
            {
                sum.Append(spaced[at++]);
            }
        }

        return AddNeighbours(sum.ToString());
    }

    // A letter directly before a digit ends a word: "1h30" is "1h 30".
    private static string SeparateUnits(string text)
    {
        var result = new StringBuilder(text.Length + 8);
        for (int at = 0; at < text.Length; at++)
        {
            if (at > 0 && char.IsDigit(text[at]) && char.IsAsciiLetter(text[at - 1])) result.Append(' ');
            result.Append(text[at]);
        }

        return result.ToString();
    }

    private static string AddNeighbours(string text)
    {
        var result = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            int next = at;
            while (next < text.Length && char.IsWhiteSpace(text[next])) next++;
            if (next > at && at > 0 && next < text.Length && char.IsDigit(text[at - 1]) && char.IsDigit(text[next])) result.Append('+');
            else if (next > at) result.Append(text, at, next - at);
            if (next >= text.Length) break;
            at = next;
            result.Append(text[at]);
        }

        return result.ToString();
    }

    private static bool IsWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';

    private static string? Factor(ReadOnlySpan<char> unit) => unit.ToString().ToLowerInvariant() switch
    {
        "d" or "dd" or "da" or "day" or "days" => "86400",
        "w" or "ww" or "wee" or "week" or "weeks" => "604800",
        "mo" or "mon" or "month" or "months" => "2629800.0",
        "y" or "yy" or "yea" or "year" or "years" => "31557600.0",
        "s" or "ss" or "sec" or "second" or "seconds" => "1",
        "m" or "mm" or "min" or "minute" or "minutes" => "60",
        "h" or "hh" or "hou" or "hour" or "hours" => "3600",
        _ => null,
    };
}
