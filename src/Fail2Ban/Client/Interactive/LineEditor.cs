using System.Text;

namespace Fail2Ban.Client.Interactive;

/// <summary>One line at a terminal: the keys of emacs and readline that people know, history, completion by Tab.</summary>
/// <remarks>A line that is wider than the terminal is scrolled sideways. Thread safety: none.</remarks>
internal sealed class LineEditor(TextWriter output, Func<string, (string Begin, IReadOnlyList<string> Words)> complete)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _text = new();
    private string _prompt = "";
    private int _promptWidth;
    private int _cursor;
    private int _inHistory;

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">With its colours.</param>
    /// <param name="promptWidth">Columns that it takes.</param>
    /// <returns>Null at the end of input (Ctrl-D on an empty line).</returns>
    internal string? Read(string prompt, int promptWidth)
    {
        (_prompt, _promptWidth, _cursor, _inHistory) = (prompt, promptWidth, 0, _history.Count);
        _text.Clear();
        Console.TreatControlCAsInput = true;
        try
        {
            while (true)
            {
                Draw();
                ConsoleKeyInfo key = Console.ReadKey(intercept: true);
                if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n') return Finish();
                if (IsControl(key, ConsoleKey.D) && _text.Length == 0) return null;
                Apply(key);
            }
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string Finish()
    {
        _cursor = _text.Length;
        Draw();
        output.Write('\n');
        output.Flush();
        string line = _text.ToString();
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line)) _history.Add(line);
        return line;
    }

    private void Apply(ConsoleKeyInfo key)
    {
        if (key.Key == ConsoleKey.Tab) Complete();
        else if (key.Key == ConsoleKey.LeftArrow || IsControl(key, ConsoleKey.B)) _cursor = Math.Max(0, _cursor - 1);
        else if (key.Key == ConsoleKey.RightArrow || IsControl(key, ConsoleKey.F)) _cursor = Math.Min(_text.Length, _cursor + 1);
        else if (key.Key == ConsoleKey.Home || IsControl(key, ConsoleKey.A)) _cursor = 0;
        else if (key.Key == ConsoleKey.End || IsControl(key, ConsoleKey.E)) _cursor = _text.Length;
        else if (key.Key == ConsoleKey.UpArrow || IsControl(key, ConsoleKey.P)) Recall(_inHistory - 1);
        else if (key.Key == ConsoleKey.DownArrow || IsControl(key, ConsoleKey.N)) Recall(_inHistory + 1);
        else if (key.Key == ConsoleKey.Backspace || IsControl(key, ConsoleKey.H)) Remove(_cursor - 1, _cursor);
        else if (key.Key == ConsoleKey.Delete || IsControl(key, ConsoleKey.D)) Remove(_cursor, _cursor + 1);
        else if (IsControl(key, ConsoleKey.K)) Remove(_cursor, _text.Length);
        else if (IsControl(key, ConsoleKey.U)) Remove(0, _cursor);
        else if (IsControl(key, ConsoleKey.W)) Remove(WordBegin(), _cursor);
        else if (IsControl(key, ConsoleKey.C)) GiveUp();
        else if (IsControl(key, ConsoleKey.L)) output.Write("\e[H\e[2J");
        else if (!char.IsControl(key.KeyChar)) _text.Insert(_cursor++, key.KeyChar);
    }

    private static bool IsControl(ConsoleKeyInfo key, ConsoleKey letter) => key.Key == letter && key.Modifiers == ConsoleModifiers.Control;

    private void GiveUp()
    {
        output.Write("^C\n");
        _text.Clear();
        _cursor = 0;
    }

    private void Remove(int from, int to)
    {
        from = Math.Max(0, from);
        to = Math.Min(_text.Length, to);
        if (from >= to) return;
        _text.Remove(from, to - from);
        _cursor = from;
    }

    private int WordBegin()
    {
        int at = _cursor;
        while (at > 0 && _text[at - 1] == ' ') at--;
        while (at > 0 && _text[at - 1] != ' ') at--;
        return at;
    }

    private void Recall(int index)
    {
        if (index < 0 || index > _history.Count) return;
        _inHistory = index;
        _text.Clear().Append(index < _history.Count ? _history[index] : "");
        _cursor = _text.Length;
    }

    // What all candidates share is typed; where that is nothing, they are shown.
    private void Complete()
    {
        (string begin, IReadOnlyList<string> words) = complete(_text.ToString(0, _cursor));
        if (words.Count == 0) return;
        string shared = words.Aggregate((one, other) => one[..one.AsSpan().CommonPrefixLength(other)]);
        if (shared.Length > begin.Length || words.Count == 1)
        {
            string rest = shared[begin.Length..] + (words.Count == 1 ? " " : "");
            _text.Insert(_cursor, rest);
            _cursor += rest.Length;
            return;
        }

        output.Write('\n');
        int width = words.Max(word => word.Length) + 2;
        int columns = Math.Max(1, Width() / width);
        for (int i = 0; i < words.Count; i++) output.Write(i % columns == columns - 1 || i == words.Count - 1 ? words[i] + "\n" : words[i].PadRight(width));
    }

    private void Draw()
    {
        int room = Math.Max(10, Width() - _promptWidth - 1);
        int from = Math.Max(0, _cursor - room + 1);
        string shown = _text.ToString(from, Math.Min(room, _text.Length - from));
        output.Write($"\r{_prompt}{shown}\e[K\r\e[{_promptWidth + _cursor - from}C");
        output.Flush();
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth > 0 ? Console.WindowWidth : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
