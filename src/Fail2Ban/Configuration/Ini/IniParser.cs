using Fail2Ban.Values;

namespace Fail2Ban.Configuration.Ini;

/// <summary>The grammar of the files: that of Python's strict <c>configparser</c> with <c>;</c> as inline comment.</summary>
/// <remarks>
/// An option goes on over lines that are indented deeper than the line it began on. Empty lines inside it count,
/// comment lines do not. Errors that Python finds at once end the parse; unreadable lines are collected to the end.
/// </remarks>
internal sealed class IniParser
{
    private readonly IniDocument _document;
    private readonly HashSet<IniValueKey> _seen = [];
    private readonly List<string> _lines = [];
    private readonly List<int> _numbers = [];
    private List<(int Line, string Text)>? _unreadable;
    private IniSection? _section;
    private string? _option;
    private int _optionLine;
    private int _indent;

    private IniParser(string file) => _document = new IniDocument(file);

    private readonly record struct IniValueKey(string Section, string Option);

    /// <summary>Parses a file's text; null when there is an error.</summary>
    public static IniDocument? Parse(string file, string text, out IniError? error)
    {
        var parser = new IniParser(file);
        error = parser.Run(text);
        return error is null ? parser._document : null;
    }

    private IniError? Run(string text)
    {
        int number = 0;
        int start = 0;
        while (start < text.Length)
        {
            int length = text.AsSpan(start).IndexOfAny('\n', '\r');
            bool ended = length >= 0;
            ReadOnlySpan<char> line = ended ? text.AsSpan(start, length) : text.AsSpan(start);
            number++;
            if (Take(line, number, ended) is { } error) return error;
            if (!ended) break;
            start += length + (text[start + length] == '\r' && start + length + 1 < text.Length && text[start + length + 1] == '\n' ? 2 : 1);
        }

        Finish();
        if (_unreadable is null) return null;
        string lines = string.Concat(_unreadable.Select(bad => $"\n\t[line {bad.Line,2}]: {PythonText.Repr(bad.Text)}"));
        return new IniError(_document.File, _unreadable[0].Line, $"Source contains parsing errors: {PythonText.Repr(_document.File)}{lines}");
    }

    private IniError? Take(ReadOnlySpan<char> line, int number, bool ended)
    {
        int comment = Comment(line);
        ReadOnlySpan<char> content = (comment < 0 ? line : line[..comment]).Trim();
        if (content.IsEmpty)
        {
            if (comment < 0 && _option is not null) Add("", number);
            return null;
        }

        int indent = line.Length - line.TrimStart().Length;
        if (_option is not null && indent > _indent)
        {
            Add(content.ToString(), number);
            return null;
        }

        Finish();
        _indent = indent;
        return Header(content) is { } name ? Open(name, number) : Option(content, line, number, ended);
    }

    // A line whose first visible character is # or ; is all comment; elsewhere ; counts after white space only.
    private static int Comment(ReadOnlySpan<char> line)
    {
        if (line.TrimStart() is ['#' or ';', ..]) return 0;
        for (int at = line.IndexOf(';'); at >= 0;)
        {
            if (at == 0 || char.IsWhiteSpace(line[at - 1])) return at;
            int next = line[(at + 1)..].IndexOf(';');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return -1;
    }

    private static string? Header(ReadOnlySpan<char> content)
    {
        if (content[0] != '[') return null;
        int close = content.LastIndexOf(']');
        return close < 2 ? null : content[1..close].ToString();
    }

    private IniError? Open(string name, int number)
    {
        if (name == IniDocument.DefaultSection)
        {
            _section = _document.Defaults;
            return null;
        }

        _section = new IniSection(name, _document.File, number);
        return _document.Sections.TryAdd(name, _section) ? null
            : new IniError(_document.File, number, $"While reading from {PythonText.Repr(_document.File)} [line {number,2}]: section {PythonText.Repr(name)} already exists");
    }

    private IniError? Option(ReadOnlySpan<char> content, ReadOnlySpan<char> line, int number, bool ended)
    {
        string whole = ended ? $"{line}\n" : line.ToString();
        if (_section is null)
        {
            return new IniError(
                _document.File, number, $"File contains no section headers.\nfile: {PythonText.Repr(_document.File)}, line: {number}\n{PythonText.Repr(whole)}");
        }

        int delimiter = content.IndexOfAny('=', ':');
        ReadOnlySpan<char> name = delimiter < 0 ? default : content[..delimiter].TrimEnd();
        if (name.IsEmpty)
        {
            (_unreadable ??= []).Add((number, whole));
            return null;
        }

        _option = name.ToString().ToLowerInvariant();
        _optionLine = number;
        Add(content[(delimiter + 1)..].Trim().ToString(), number);
        return _seen.Add(new(_section.Name, _option)) ? null
            : new IniError(
                _document.File,
                number,
                $"While reading from {PythonText.Repr(_document.File)} [line {number,2}]: option {PythonText.Repr(_option)} in section {PythonText.Repr(_section.Name)} already exists");
    }

    private void Add(string line, int number)
    {
        _lines.Add(line);
        _numbers.Add(number);
    }

    private void Finish()
    {
        if (_option is not null)
        {
            _section!.Options[_option] = new IniValue(string.Join('\n', _lines).TrimEnd(), _document.File, _optionLine)
            {
                Numbers = _numbers.Count > 1 ? [.. _numbers] : null,
            };
        }

        _option = null;
        _lines.Clear();
        _numbers.Clear();
    }
}
