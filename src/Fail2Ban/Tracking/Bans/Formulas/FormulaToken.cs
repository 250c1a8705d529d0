using System.Globalization;
using System.Numerics;

namespace Fail2Ban.Tracking.Bans.Formulas;

internal enum TokenKind
{
    End,
    Number,
    Name,
    Operator,
}

/// <summary>One word of a formula.</summary>
/// <remarks>Its position is 1-based, in characters.</remarks>
internal readonly record struct FormulaToken(TokenKind Kind, string Text, Number Value, int Position)
{
    private static readonly string[] Operators =
        ["**", "//", "<<", ">>", "<=", ">=", "==", "!=", "+", "-", "*", "/", "%", "<", ">", "(", ")", ",", ".", "&", "|", "^", "~"];

    public static List<FormulaToken> Split(string formula)
    {
        var tokens = new List<FormulaToken>();
        int at = 0;
        while (at < formula.Length)
        {
            char first = formula[at];
            if (char.IsWhiteSpace(first))
            {
                at++;
                continue;
            }

            FormulaToken token =
                char.IsAsciiDigit(first) || (first == '.' && at + 1 < formula.Length && char.IsAsciiDigit(formula[at + 1])) ? ReadNumber(formula, at)
                : char.IsAsciiLetter(first) || first == '_' ? ReadName(formula, at)
                : ReadOperator(formula, at);
            tokens.Add(token);
            at += token.Text.Length;
        }

        tokens.Add(new FormulaToken(TokenKind.End, "end of formula", 0.0, formula.Length + 1));
        return tokens;
    }

    private static FormulaToken ReadNumber(string formula, int start)
    {
        int at = start;
        bool real = false;
        while (at < formula.Length && (char.IsAsciiDigit(formula[at]) || formula[at] is '_' or '.'))
        {
            if (formula[at] == '.') real = true;
            at++;
        }

        if (at < formula.Length && formula[at] is 'e' or 'E')
        {
            int digits = at + 1;
            if (digits < formula.Length && formula[digits] is '+' or '-') digits++;
            if (digits < formula.Length && char.IsAsciiDigit(formula[digits]))
            {
                real = true;
                at = digits;
                while (at < formula.Length && char.IsAsciiDigit(formula[at])) at++;
            }
        }

        string text = formula[start..at];
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        if (!real && plain.Length < 1000 && BigInteger.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out BigInteger integer)
            && (plain[0] != '0' || integer.IsZero))
            return new FormulaToken(TokenKind.Number, text, Number.Of(integer), start + 1);
        if (real && double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return new FormulaToken(TokenKind.Number, text, number, start + 1);
        throw new FormulaException($"'{text}' at character {start + 1} is no number");
    }

    private static FormulaToken ReadName(string formula, int start)
    {
        int end = start;
        while (end < formula.Length && (char.IsAsciiLetterOrDigit(formula[end]) || formula[end] == '_')) end++;
        return new FormulaToken(TokenKind.Name, formula[start..end], 0.0, start + 1);
    }

    private static FormulaToken ReadOperator(string formula, int start)
    {
        foreach (string known in Operators)
        {
            if (string.CompareOrdinal(formula, start, known, 0, known.Length) == 0)
                return new FormulaToken(TokenKind.Operator, known, 0.0, start + 1);
        }

        throw new FormulaException($"'{formula[start]}' at character {start + 1} is not supported in a formula");
    }
}
