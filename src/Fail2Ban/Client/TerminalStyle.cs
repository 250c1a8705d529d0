using System.Text;

namespace Fail2Ban.Client;

/// <summary>Colours of a terminal; the plain style changes nothing, as pipes and files want it.</summary>
internal sealed class TerminalStyle
{
    private const string Bold = "\e[1m";
    private const string Dim = "\e[2m";
    private const string Red = "\e[31m";
    private const string Yellow = "\e[33m";
    private const string Cyan = "\e[36m";
    private const string Off = "\e[0m";

    private readonly bool _coloured;

    private TerminalStyle(bool coloured) => _coloured = coloured;

    internal static TerminalStyle Plain { get; } = new(false);

    internal static TerminalStyle Coloured { get; } = new(true);

    /// <summary>Advice.</summary>
    internal string Hint(string text) => Wrapped(Cyan, text);

    /// <summary>What a user types behind.</summary>
    internal string Prompt(string text) => Wrapped(Bold, text);

    /// <summary>A line of the log: its level in red or yellow.</summary>
    internal string LogLine(string line)
    {
        if (!_coloured) return line;
        foreach ((string level, string colour) in new[] { (": CRITICAL ", Red), (": ERROR ", Red), (": WARNING ", Yellow) })
        {
            int at = line.IndexOf(level, StringComparison.Ordinal);
            if (at < 0) continue;
            int begin = at + 2, end = at + level.Length - 1;
            return $"{line[..begin]}{colour}{line[begin..end]}{Off}{line[end..]}";
        }

        return line;
    }

    /// <summary>A tree as <c>status</c> prints it: branches faint, values behind a tab bold.</summary>
    internal string Tree(string text)
    {
        if (!_coloured || !text.Contains("\n|-", StringComparison.Ordinal) && !text.Contains("\n`-", StringComparison.Ordinal)) return text;
        var styled = new StringBuilder(text.Length + 64);
        bool isFirst = true;
        foreach (string line in text.Split('\n'))
        {
            if (!isFirst) styled.Append('\n');
            isFirst = false;
            int branch = 0;
            while (branch < line.Length && line[branch] is (' ' or '|' or '`' or '-')) branch++;
            int tab = line.IndexOf('\t', branch);
            styled.Append(Wrapped(Dim, line[..branch]));
            if (tab < 0) styled.Append(branch == 0 ? Wrapped(Bold, line) : line[branch..]);
            else styled.Append(line, branch, tab + 1 - branch).Append(Wrapped(Bold, line[(tab + 1)..]));
        }

        return styled.ToString();
    }

    private string Wrapped(string colour, string text) => _coloured && text.Length > 0 ? colour + text + Off : text;
}
