using System.Globalization;
using System.Numerics;

namespace Fail2Ban.Values.Expressions;

internal enum TokenKind
{
    End,
    Number,
    Name,
    Operator,
}

/// <summary>One word of an expression.</summary>
/// <remarks>Its position is 1-based, in characters.</remarks>
internal readonly record struct ExpressionToken(TokenKind Kind, string Text, Number Value, int Position)
{
    private static readonly string[] Operators =
        ["**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "(", ")", ",", ".", "&", "|", "^", "~"];

    public static List<ExpressionToken> Split(string text)
    {
        var tokens = new List<ExpressionToken>();
        int at = 0;
        while (at < text.Length)
        {
            char first = text[at];
            if (char.IsWhiteSpace(first))
            {
                at++;
                continue;
            }

            ExpressionToken token =
                char.IsAsciiDigit(first) || (first == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])) ? ReadNumber(text, at)
                : char.IsAsciiLetter(first) || first == '_' ? ReadName(text, at)
                : ReadOperator(text, at);
            tokens.Add(token);
            at += token.Text.Length;
        }

        tokens.Add(new ExpressionToken(TokenKind.End, "end of formula", 0.0, text.Length + 1));
        return tokens;
    }

    private static ExpressionToken ReadNumber(string text, int start)
    {
        int at = start;
        bool real = false;
        while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] is '_' or '.'))
        {
            if (text[at] == '.') real = true;
            at++;
        }

        if (at < text.Length && text[at] is 'e' or 'E')
        {
            int exponent = at + 1;
            if (exponent < text.Length && text[exponent] is '+' or '-') exponent++;
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                real = true;
                at = exponent;
                while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            }
        }

        string word = text[start..at];
        string digits = word.Replace("_", "", StringComparison.Ordinal);
        string where = $"'{word}' at character {start + 1} is no number";
        if (at < text.Length && (char.IsLetter(text[at]) || text[at] == '_') && !EndsNumber(text.AsSpan(at))) throw new ExpressionException("invalid decimal literal", where);
        if (!real && digits[0] == '0' && digits.AsSpan().ContainsAnyExcept('0'))
            throw new ExpressionException("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers", where);
        if (!real && digits.Length < 1000 && BigInteger.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger integer))
            return new ExpressionToken(TokenKind.Number, word, Number.Of(integer), start + 1);
        if (real && double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return new ExpressionToken(TokenKind.Number, word, number, start + 1);
        throw new ExpressionException("invalid syntax", where);
    }

    // Python lets a keyword follow a number at once: "1if 1else 2".
    private static bool EndsNumber(ReadOnlySpan<char> rest)
    {
        int length = 0;
        while (length < rest.Length && (char.IsLetterOrDigit(rest[length]) || rest[length] == '_')) length++;
        return rest[..length] is "if" or "else" or "and" or "or" or "not";
    }

    private static ExpressionToken ReadName(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
        return new ExpressionToken(TokenKind.Name, text[start..end], 0.0, start + 1);
    }

    private static ExpressionToken ReadOperator(string text, int start)
    {
        foreach (string known in Operators)
        {
            if (string.CompareOrdinal(text, start, known, 0, known.Length) == 0)
                return new ExpressionToken(TokenKind.Operator, known, 0.0, start + 1);
        }

        throw new ExpressionException("invalid syntax", $"'{text[start]}' at character {start + 1} is not supported");
    }
}
