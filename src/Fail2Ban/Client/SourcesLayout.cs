using System.Globalization;
using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>The tree of <c>get JAIL sources</c>.</summary>
internal static class SourcesLayout
{
    private const int Width = 80;

    internal static string Show(string jail, object? answer)
    {
        List<PythonDict> sources = [.. Presentation.Items(answer).OfType<PythonDict>()];
        if (sources.Count == 0) return $"The jail {jail} reads nothing";
        var text = new StringBuilder($"Sources of the jail {jail}:");
        for (int i = 0; i < sources.Count; i++)
        {
            bool isLast = i == sources.Count - 1;
            text.Append(isLast ? "\n`- " : "\n|- ").Append(Word(sources[i], "source"));
            List<(string Label, string Value)> lines = [.. Lines(sources[i])];
            for (int j = 0; j < lines.Count; j++)
            {
                string stem = isLast ? "   " : "|  ";
                Append(text, stem + (j == lines.Count - 1 ? "`- " : "|- "), stem + (j == lines.Count - 1 ? "   " : "|  "), $"{lines[j].Label + ":",-12} ", lines[j].Value);
            }
        }

        return text.ToString();
    }

    private static IEnumerable<(string Label, string Value)> Lines(PythonDict source)
    {
        yield return ("Read by", Word(source, "reading"));
        yield return ("Position", Position(source));
        yield return ("Lines read", Word(source, "lines_read"));
        yield return ("Behind", Behind(source));
        yield return ("Last error", Value(source, "last_error") is { } error ? PythonText.Str(error) : "none");
    }

    private static string Position(PythonDict source) => Value(source, "position") switch
    {
        null => "not known yet",
        long offset => $"byte {offset} of {Word(source, "size")}",
        var time when DateTimeOffset.TryParse(PythonText.Str(time), CultureInfo.InvariantCulture, out DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        var other => PythonText.Str(other),
    };

    private static string Behind(PythonDict source)
    {
        string lines = Value(source, "lines_behind") is { } count
            ? (Value(source, "lines_estimated") is true ? "about " : "") + PythonText.Str(count) + " lines" : "lines not counted yet";
        string bytes = Value(source, "bytes_behind") is { } size ? $", {PythonText.Str(size)} bytes" : "";
        return $"{lines}{bytes}, {Word(source, "seconds_behind")} s";
    }

    private static object? Value(PythonDict source, string name) => source.TryGetValue(name, out object? value) ? value : null;

    private static string Word(PythonDict source, string name) => Value(source, name) is { } value ? PythonText.Str(value) : "-";

    // Broken between words; a longer word stands as it is, so that it can be copied.
    private static void Append(StringBuilder text, string first, string next, string label, string value)
    {
        text.Append('\n').Append(first).Append(label);
        int column = first.Length + label.Length;
        bool isStart = true;
        foreach (string word in value.Split(' '))
        {
            if (!isStart && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(next).Append(' ', label.Length);
                column = next.Length + label.Length;
                isStart = true;
            }

            if (!isStart) text.Append(' ');
            text.Append(word);
            column += word.Length + (isStart ? 0 : 1);
            isStart = false;
        }
    }
}
