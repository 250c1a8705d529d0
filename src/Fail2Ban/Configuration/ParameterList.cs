using System.Text.RegularExpressions;

namespace Fail2Ban.Configuration;

/// <summary>A name with parameters, as filters, actions and backends are given: <c>name[a=1, b="x, y"][c=2]</c>.</summary>
/// <param name="Name">What stands before the bracket.</param>
/// <param name="Parameters">In order; a later duplicate has replaced the value of an earlier one.</param>
public sealed partial record ParameterList(string Name, OrderedDictionary<string, string> Parameters)
{
    /// <summary>Reads one name with its parameters.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="list">The result, or null.</param>
    /// <param name="error">What is wrong and at which character (0-based, inside the brackets); empty on success.</param>
    public static bool TryParse(string text, out ParameterList? list, out string error)
    {
        list = null;
        error = "unexpected option syntax";
        int open = text.IndexOf('[', StringComparison.Ordinal);
        var parameters = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        if (open < 0)
        {
            if (text.Length == 0) return false;
            list = new ParameterList(text, parameters);
            error = "";
            return true;
        }

        string bracketed = text.TrimEnd();
        if (open == 0 || bracketed.Length < open + 2 || bracketed[^1] != ']') return false;
        string inner = bracketed[(open + 1)..^1];
        error = Read(inner, parameters);
        if (error.Length > 0) return false;
        list = new ParameterList(text[..open], parameters);
        return true;
    }

    /// <summary>Splits a list of names with parameters at white space that is not inside well-formed brackets.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> parts = [];
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at >= text.Length) return parts;
            int end = EndOfPart(text, at);
            parts.Add(text[at..end]);
            at = end;
        }
    }

    private static string Read(string inner, OrderedDictionary<string, string> parameters)
    {
        int at = 0;
        while (true)
        {
            Match name = OptionName().Match(inner, at);
            if (!name.Success)
            {
                string rest = inner[at..];
                return (rest.StartsWith(',') ? rest[1..] : rest).Trim().Length == 0 ? "" : $"expected option, wrong syntax at {at}: {Shown(rest)}";
            }

            string option = name.Groups[1].Value.Trim();
            (int start, int end, int after) = Quoted(inner, name.Index + name.Length) ?? Bare(inner, name.Index + name.Length);
            parameters[option] = inner[start..end].Trim();
            if (after >= inner.Length) return "";
            if (inner[after] == ',')
            {
                at = after + 1;
            }
            else if (NextGroup(inner, after) is { } next)
            {
                at = next;
            }
            else
            {
                return $"unexpected syntax at {after} after option {Values.PythonText.Repr(option)}: {Shown(inner[after..])}";
            }
        }
    }

    private static string Shown(string rest) => rest.Length > 25 ? rest[..25] : rest;

    // Where the value starts and ends, and where reading goes on.
    private static (int Start, int End, int After)? Quoted(string text, int at)
    {
        if (at >= text.Length || text[at] is not ('"' or '\'')) return null;
        int close = text.IndexOf(text[at], at + 1);
        return close < 0 ? null : (at + 1, close, close + 1);
    }

    private static (int Start, int End, int After) Bare(string text, int at)
    {
        int end = text.AsSpan(at).IndexOfAny(',', ']');
        end = end < 0 ? text.Length : at + end;
        return (at, end, end);
    }

    // "] [" between two groups of parameters.
    private static int? NextGroup(string text, int at)
    {
        if (text[at] != ']') return null;
        int next = SkipSpace(text, at + 1);
        return next < text.Length && text[next] == '[' ? next + 1 : null;
    }

    private static int EndOfPart(string text, int at)
    {
        int end = at;
        while (end < text.Length && text[end] != '[' && !char.IsWhiteSpace(text[end])) end++;
        int open = end > at ? SkipSpace(text, end) : text.Length;
        if (open < text.Length && text[open] == '[' && EndOfBrackets(text, open) is { } close) return close;
        while (end < text.Length && !char.IsWhiteSpace(text[end])) end++;
        return end;
    }

    // A quoted value may turn out to be a bare one with quotes in it, so both readings are tried, each position once.
    private static int? EndOfBrackets(string text, int open)
    {
        var positions = new Stack<int>();
        HashSet<int> tried = [];
        positions.Push(SkipSpace(text, open + 1));
        while (positions.TryPop(out int at))
        {
            if (at >= text.Length || !tried.Add(at)) continue;
            if (text[at] == ']' && (at + 1 == text.Length || char.IsWhiteSpace(text[at + 1]))) return at + 1;
            Match name = SplitName().Match(text, at);
            if (!name.Success) continue;
            int value = at + name.Length;
            PushFollowers(text, Bare(text, value).After, positions);
            if (Quoted(text, value) is { } quoted) PushFollowers(text, quoted.After, positions);
        }

        return null;
    }

    private static void PushFollowers(string text, int after, Stack<int> positions)
    {
        int at = SkipSpace(text, after);
        positions.Push(at);
        if (at >= text.Length) return;
        if (text[at] == ',') positions.Push(SkipSpace(text, at + 1));
        else if (NextGroup(text, at) is { } next) positions.Push(SkipSpace(text, next));
    }

    private static int SkipSpace(string text, int at)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at;
    }

    [GeneratedRegex(@"\G\s*([\w\-.]+(?:\?[\w\-.]+=[\w\-.]+)?)=")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\G[\w\-.]+(?:\?[\w\-.]+=[\w\-.]+)?=")]
    private static partial Regex SplitName();
}
