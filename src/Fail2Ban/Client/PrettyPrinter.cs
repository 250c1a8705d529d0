using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>
/// The layout of <c>--dp</c>, which is that of Python's <c>pprint</c> with 1,000 columns: a list on one line if it fits, else an
/// item a line; a text that does not fit is cut behind its line ends and blanks.
/// </summary>
internal static class PrettyPrinter
{
    private const int Columns = 1000;
    private const int Indent = 2;

    internal static string Show(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0, 0);
        return text.ToString();
    }

    /// <param name="text">Where to.</param>
    /// <param name="value">What.</param>
    /// <param name="indent">Columns before it.</param>
    /// <param name="behind">Columns that brackets and commas need behind it.</param>
    private static void Append(StringBuilder text, object? value, int indent, int behind)
    {
        string line = PythonText.Repr(value);
        if (Length(line) <= Columns - indent - behind)
        {
            text.Append(line);
            return;
        }

        switch (value)
        {
            case string words:
                text.AppendJoin("\n" + new string(' ', indent), Pieces(words, Columns - indent, behind));
                break;
            case IReadOnlyList<object?> items:
                AppendItems(text, items, indent + Indent, behind + 1);
                break;
            default:
                text.Append(line);
                break;
        }
    }

    private static void AppendItems(StringBuilder text, IReadOnlyList<object?> items, int indent, int behind)
    {
        text.Append('[').Append(' ', Indent - 1);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) text.Append(",\n").Append(' ', indent);
            Append(text, items[i], indent, i == items.Count - 1 ? behind : 1);
        }

        text.Append(']');
    }

    // As many words as fit, each with the blanks behind it; no piece goes over a line end. Only the last must leave room.
    private static IEnumerable<string> Pieces(string text, int width, int behind)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = LineEnd(text, start);
            int from = start;
            for (int at = start; at < end;)
            {
                int next = at;
                while (next < end && !char.IsWhiteSpace(text[next])) next++;
                while (next < end && char.IsWhiteSpace(text[next])) next++;
                int room = next == text.Length ? width - behind : width;
                if (at > from && Length(PythonText.Repr(text[from..next])) > room)
                {
                    yield return PythonText.Repr(text[from..at]);
                    from = at;
                }

                at = next;
            }

            yield return PythonText.Repr(text[from..end]);
            start = end;
        }
    }

    private static int LineEnd(string text, int start)
    {
        int end = text.AsSpan(start).IndexOfAny('\n', '\r');
        if (end < 0) return text.Length;
        end += start;
        return text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
    }

    // In code points, as Python counts.
    private static int Length(string text) => text.Length - text.Count(char.IsLowSurrogate);
}
