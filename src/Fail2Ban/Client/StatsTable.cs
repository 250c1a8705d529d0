using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>The table of <c>stats</c>.</summary>
internal static class StatsTable
{
    internal static string Show(PythonDict jails, bool unicode)
    {
        if (jails.Count == 0) return "No jails found.";
        List<string[]> rows = [.. jails.Select(jail => Row(jail.Key, jail.Value))];
        int[] widths = [.. Enumerable.Range(0, 6).Select(column => Math.Max(column < 2 ? 8 : 3, rows.Max(row => row[column].Length)))];
        int name = widths[0] + 2, backend = widths[1] + 2, filter = widths[2] + widths[3] + 5, actions = widths[4] + widths[5] + 5;
        var text = new StringBuilder();
        text.Append(' ', name).Append('║').Append(' ', backend).Append("║ ").Append("Filter".PadRight(filter - 1)).Append("║ ").Append("Actions".PadRight(actions - 2)).Append('\n');
        text.Append(" Jail".PadRight(name)).Append('║').Append(" Backend".PadRight(backend)).Append('╟').Append('─', filter).Append('╫').Append('─', actions).Append('\n');
        text.Append(' ', name).Append('║').Append(' ', backend).Append('║');
        text.Append(Pair("cur", "tot", widths[2], widths[3])).Append(" ║").Append(Pair("cur", "tot", widths[4], widths[5])).Append('\n');
        Rule('╬');
        text.Append('\n');
        foreach (string[] row in rows)
        {
            text.Append(' ').Append(row[0].PadRight(widths[0])).Append(" ║ ").Append(row[1].PadRight(widths[1])).Append(" ║");
            text.Append(Pair(row[2], row[3], widths[2], widths[3])).Append(" ║").Append(Pair(row[4], row[5], widths[4], widths[5])).Append('\n');
        }

        Rule('╩');
        return unicode ? text.ToString() : Ascii(text);

        void Rule(char cross) => text.Append('═', name).Append(cross).Append('═', backend).Append(cross).Append('═', filter).Append(cross).Append('═', actions);
    }

    private static string Pair(string current, string total, int currentWidth, int totalWidth) => $" {current.PadLeft(currentWidth)} │ {total.PadLeft(totalWidth)}";

    private static string[] Row(object name, object? value)
    {
        List<object?> parts = [.. Presentation.Items(value)];
        return [PythonText.Str(name), parts.Count > 0 ? PythonText.Str(parts[0]) : "", .. Numbers(parts, 1), .. Numbers(parts, 2)];
    }

    private static string[] Numbers(List<object?> parts, int index) =>
        parts.Count > index && parts[index] is PythonTuple { Count: 2 } pair ? [PythonText.Str(pair[0]), PythonText.Str(pair[1])] : ["", ""];

    private static string Ascii(StringBuilder text) => text
        .Replace('║', '|').Replace('═', '-').Replace('╟', '|').Replace('╫', 'x').Replace('╬', 'x').Replace('╩', '-').Replace('│', '|').Replace('─', '-').ToString();
}
