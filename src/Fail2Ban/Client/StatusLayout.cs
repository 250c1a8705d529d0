using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>The trees of <c>status</c>.</summary>
internal static class StatusLayout
{
    internal static string Show(string[] words, object? answer)
    {
        if (answer is not List<object?> items) return PythonText.Str(answer);
        bool isOneJail = words.Length > 1 && words[1] != "--all";
        var text = new StringBuilder(isOneJail ? $"Status for the jail: {words[1]}" : "Status");
        if (isOneJail) AppendJail(text, items, "");
        else AppendServer(text, items);
        return text.ToString();
    }

    private static void AppendServer(StringBuilder text, List<object?> items)
    {
        for (int i = 0; i < items.Count; i++)
        {
            string branch = i == items.Count - 1 ? "\n`- " : "\n|- ";
            // "--all" adds the states of the jails: a dict, with or without a label.
            if (items[i] is PythonDict jails || items[i] is PythonTuple { Count: 2 } labelled && labelled[1] is PythonDict && (jails = (PythonDict)labelled[1]!) is not null)
            {
                text.Append(branch).Append("Status for the jails:");
                int number = 0;
                foreach ((object name, object? state) in jails)
                {
                    bool isLast = ++number == jails.Count;
                    text.Append(isLast ? "\n   `- " : "\n   |- ").Append("Jail: ").Append(PythonText.Str(name));
                    if (state is List<object?> parts) AppendJail(text, parts, isLast ? "      " : "   |  ");
                }
            }
            else if (items[i] is PythonTuple { Count: 2 } pair)
            {
                text.Append(branch).Append(PythonText.Str(pair[0])).Append(":\t").Append(Value(pair[1]));
            }
        }
    }

    private static void AppendJail(StringBuilder text, List<object?> parts, string indent)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (parts[i] is not PythonTuple { Count: 2 } part) continue;
            bool isLast = i == parts.Count - 1;
            text.Append('\n').Append(indent).Append(isLast ? "`- " : "|- ").Append(PythonText.Str(part[0]));
            List<object?> lines = [.. Presentation.Items(part[1])];
            for (int j = 0; j < lines.Count; j++)
            {
                if (lines[j] is not PythonTuple { Count: 2 } line) continue;
                text.Append('\n').Append(indent).Append(isLast ? "   " : "|  ").Append(j == lines.Count - 1 ? "`- " : "|- ")
                    .Append(PythonText.Str(line[0])).Append(":\t").Append(Value(line[1]));
            }
        }
    }

    private static string Value(object? value) => value is List<object?> ? Presentation.Joined(" ", value) : PythonText.Str(value);
}
