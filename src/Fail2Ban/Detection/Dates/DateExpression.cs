namespace Fail2Ban.Detection.Dates;

/// <summary>The regex of a template: an expression with its boundaries, and with group 1 around what is cut from the line.</summary>
/// <param name="Regex">In Python's dialect.</param>
/// <param name="Anchored">Whether it is bound to the line's begin or end, so that its place says nothing about others.</param>
internal readonly record struct DateExpression(string Regex, bool Anchored)
{
    private const string Begin = @"(?=^|\b|\W)";
    private const string End = @"(?=\b|\W|$)";
    private const string LineBegin = @"^(?:\W{0,2})?";

    /// <summary>Adds boundaries.</summary>
    /// <param name="expression">Tokens are expanded; <c>**</c> at begin or end still stands there.</param>
    /// <param name="atLineBegin">The pattern had the prefix {^LN-BEG}.</param>
    /// <param name="unbound">The pattern had the prefix {UNB}.</param>
    /// <param name="anyCase">The pattern has names of months or days.</param>
    public static DateExpression Bound(string expression, bool atLineBegin, bool unbound, bool anyCase)
    {
        string flags = anyCase ? "(?iu)" : "";
        if (FindFlags(expression) is (int at, int length))
        {
            flags += expression.Substring(at, length);
            expression = expression.Remove(at, length);
        }

        bool freeEnd = unbound || EndsBound(expression);
        string grouped = HasGroup(expression) ? expression : Wrap(expression);
        bool freeBegin = unbound || BeginsBound(grouped);
        bool lineBegin = grouped is ['^', ..] or ['(', '^', ..];
        bool lineEnd = IsUnescapedAt(grouped, grouped.Length - 1, '$')
            || (grouped is [.., ')'] && IsUnescapedAt(grouped, grouped.Length - 2, '$'));
        grouped = DropStars(grouped, ref freeBegin, ref freeEnd);

        bool prefixed = atLineBegin && !freeBegin;
        string prefix = prefixed ? LineBegin : freeBegin ? "" : Begin;
        return new DateExpression(flags + prefix + grouped + (freeEnd ? "" : End), lineBegin || lineEnd || prefixed);
    }

    // The first (?flags) anywhere; Python wants global flags at the very start.
    private static (int At, int Length)? FindFlags(string expression)
    {
        for (int at = expression.IndexOf("(?", StringComparison.Ordinal); at >= 0; at = expression.IndexOf("(?", at + 1, StringComparison.Ordinal))
        {
            int end = at + 2;
            while (end < expression.Length && char.IsAsciiLetterLower(expression[end])) end++;
            if (end > at + 2 && end < expression.Length && expression[end] == ')') return (at, end + 1 - at);
        }

        return null;
    }

    /// <summary>Whether an expression has a group without a name. A parenthesis in a class counts, as in the original.</summary>
    internal static bool HasGroup(string expression)
    {
        for (int at = expression.IndexOf('(', StringComparison.Ordinal); at >= 0; at = expression.IndexOf('(', at + 1))
            if (!(at > 0 && expression[at - 1] == '\\') && !(at + 1 < expression.Length && expression[at + 1] == '?')) return true;
        return false;
    }

    private static string Wrap(string expression)
    {
        string begin = expression is ['^', ..] ? "^" : "";
        string end = IsUnescapedAt(expression, expression.Length - 1, '$') && expression.Length > begin.Length ? "$" : "";
        return $"{begin}({expression[begin.Length..^end.Length]}){end}";
    }

    // (((^ and ((?:^
    private static bool BeginsBound(string grouped)
    {
        ReadOnlySpan<char> inner = grouped.AsSpan().TrimStart('(');
        return inner is ['^', ..] || (inner.Length < grouped.Length && inner is ['?', ':', '^', ..]);
    }

    private static bool EndsBound(string expression) =>
        IsUnescapedAt(expression, expression.Length - 1, '$')
        || (expression is [.., ')'] && IsUnescapedAt(expression, expression.Length - 2, '$'))
        || (expression is [.., '\\', 'b' or 's'] && IsUnescapedAt(expression, expression.Length - 2, '\\'));

    private static string DropStars(string grouped, ref bool freeBegin, ref bool freeEnd)
    {
        int open = grouped.Length - grouped.AsSpan().TrimStart('(').Length;
        if (grouped.AsSpan(open).StartsWith("**"))
        {
            grouped = grouped.Remove(open, 2);
            freeBegin = true;
        }

        int close = grouped.AsSpan().TrimEnd(')').Length;
        if (close >= 2 && grouped[close - 1] == '*' && IsUnescapedAt(grouped, close - 2, '*'))
        {
            grouped = grouped.Remove(close - 2, 2);
            freeEnd = true;
        }

        return grouped;
    }

    private static bool IsUnescapedAt(string text, int at, char sign) =>
        at >= 0 && text[at] == sign && (at == 0 || text[at - 1] != '\\');
}
