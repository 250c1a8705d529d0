using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>The layout of <c>--dp</c>: a list on one line if it fits in 1,000 columns, else an item a line.</summary>
internal static class PrettyPrinter
{
    private const int Columns = 1000;

    internal static string Show(object? value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return text.ToString();
    }

    private static void Append(StringBuilder text, object? value, int indent)
    {
        string line = PythonText.Repr(value);
        if (indent + line.Length <= Columns || value is string or PythonDict or not IEnumerable<object?>)
        {
            text.Append(line);
            return;
        }

        text.Append("[ ");
        bool isFirst = true;
        foreach (object? item in (IEnumerable<object?>)value)
        {
            if (!isFirst) text.Append(",\n").Append(' ', indent + 2);
            isFirst = false;
            Append(text, item, indent + 2);
        }

        text.Append(']');
    }
}
