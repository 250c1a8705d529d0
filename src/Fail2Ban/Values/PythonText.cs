using System.Collections;
using System.Globalization;
using System.Text;

namespace Fail2Ban.Values;

/// <summary>
/// Writes values as Python's <c>repr()</c> and <c>str()</c> do: the command stream of <c>-d</c>, raw answers of the
/// client and rows of the test tool are read by scripts in this form.
/// </summary>
/// <remarks>
/// The closed set of kinds: null, bool, int/long/System.Numerics.BigInteger, double, string, byte[],
/// <see cref="PythonTuple"/>, <see cref="PythonDict"/>, <see cref="PythonSet"/>, any other
/// <see cref="IEnumerable"/> as a list, <see cref="PythonError"/>, and anything else by its ToString() (an id or address).
/// </remarks>
public static class PythonText
{
    /// <summary>What <c>str(value)</c> gives: a string as it is, everything else as <see cref="Repr(object)"/>.</summary>
    public static string Str(object? value) => value switch
    {
        string words => words,
        PythonError error => error.Message,
        null or IEnumerable or IFormattable or bool => Repr(value),
        _ => value.ToString() ?? "",
    };

    /// <summary>What <c>type(value).__name__</c> gives.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        double => "float",
        byte[] => "bytes",
        PythonTuple => "tuple",
        PythonDict => "dict",
        PythonSet => "set",
        PythonError error => error.TypeName,
        string or PythonId => "str",
        IEnumerable => "list",
        IFormattable => "int",
        _ => "str",
    };

    /// <summary>What <c>repr(value)</c> gives.</summary>
    public static string Repr(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    /// <summary>What <c>repr(value)</c> gives for a float: the shortest digits that read back the same.</summary>
    public static string Repr(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";

        string shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        int exponent = int.Parse(shortest.AsSpan(shortest.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string digits = value.ToString("R", CultureInfo.InvariantCulture);
        if (value == 0 || exponent is >= -4 and < 16)
        {
            if (digits.Contains('E', StringComparison.Ordinal))
                digits = ((decimal)value).ToString(CultureInfo.InvariantCulture);
            return digits.Contains('.', StringComparison.Ordinal) ? digits : digits + ".0";
        }

        int split = digits.IndexOf('E', StringComparison.Ordinal);
        string mantissa = split < 0 ? Mantissa(digits) : digits[..split];
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    // "12300000000000000" → "1.23": .NET keeps plain digits where Python already uses an exponent.
    private static string Mantissa(string digits)
    {
        string sign = digits.StartsWith('-') ? "-" : "";
        string significant = digits.TrimStart('-').TrimEnd('0');
        return sign + (significant.Length == 1 ? significant : significant[..1] + "." + significant[1..]);
    }

    private static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null: text.Append("None"); break;
            case bool flag: text.Append(flag ? "True" : "False"); break;
            case string words: AppendString(text, words); break;
            case double number: text.Append(Repr(number)); break;
            case byte[] bytes: AppendBytes(text, bytes); break;
            case PythonTuple { Count: 1 } tuple: text.Append('('); Append(text, tuple[0]); text.Append(",)"); break;
            case PythonTuple tuple: AppendItems(text, '(', tuple, ')'); break;
            case PythonDict dict: AppendDict(text, dict); break;
            case PythonSet { Count: 0 }: text.Append("set()"); break;
            case PythonSet set: AppendItems(text, '{', set, '}'); break;
            case PythonError { Args.Count: 1 } error: text.Append(error.TypeName).Append('('); Append(text, error.Args[0]); text.Append(')'); break;
            case PythonError error: text.Append(error.TypeName); AppendItems(text, '(', error.Args, ')'); break;
            case IEnumerable items: AppendItems(text, '[', items, ']'); break;
            case IFormattable number: text.Append(number.ToString(null, CultureInfo.InvariantCulture)); break;
            default: AppendString(text, value.ToString() ?? ""); break;
        }
    }

    private static void AppendItems(StringBuilder text, char open, IEnumerable items, char close)
    {
        text.Append(open);
        bool first = true;
        foreach (object? item in items)
        {
            if (!first) text.Append(", ");
            first = false;
            Append(text, item);
        }

        text.Append(close);
    }

    private static void AppendDict(StringBuilder text, PythonDict dict)
    {
        text.Append('{');
        bool first = true;
        foreach ((object key, object? item) in dict)
        {
            if (!first) text.Append(", ");
            first = false;
            Append(text, key);
            text.Append(": ");
            Append(text, item);
        }

        text.Append('}');
    }

    private static void AppendString(StringBuilder text, string value)
    {
        char quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (Rune rune in value.EnumerateRunes())
        {
            int code = rune.Value;
            if (code == quote || code == '\\') text.Append('\\').Append((char)code);
            else if (code == '\n') text.Append("\\n");
            else if (code == '\r') text.Append("\\r");
            else if (code == '\t') text.Append("\\t");
            else if (code is >= ' ' and < 0x7f || (code > 0x7f && IsPrintable(rune))) text.Append(rune.ToString());
            else if (code <= 0xff) text.Append($"\\x{code:x2}");
            else if (code <= 0xffff) text.Append($"\\u{code:x4}");
            else text.Append($"\\U{code:x8}");
        }

        text.Append(quote);
    }

    private static void AppendBytes(StringBuilder text, byte[] bytes)
    {
        char quote = bytes.Contains((byte)'\'') && !bytes.Contains((byte)'"') ? '"' : '\'';
        text.Append('b').Append(quote);
        foreach (byte code in bytes)
        {
            if (code == quote || code == '\\') text.Append('\\').Append((char)code);
            else if (code == '\n') text.Append("\\n");
            else if (code == '\r') text.Append("\\r");
            else if (code == '\t') text.Append("\\t");
            else if (code is >= 0x20 and < 0x7f) text.Append((char)code);
            else text.Append($"\\x{code:x2}");
        }

        text.Append(quote);
    }

    // Python's str.isprintable(): everything but the categories "Other" and "Separator", the space excepted.
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator);
}
