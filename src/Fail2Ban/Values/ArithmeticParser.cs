using System.Globalization;

namespace Fail2Ban.Values;

/// <summary>Reads one expression, in the order of Python's precedence, into functions that compute it.</summary>
/// <remarks>
/// Computing comes after reading: formulas guard divisions by <c>a if c else b</c>, <c>and</c>, <c>or</c>, whose other
/// branch must not be computed. Every error is an <see cref="ArithmeticException"/>.
/// </remarks>
internal sealed class ArithmeticParser(string text, Func<string, object?>? nameOf, Func<string, IReadOnlyList<object>, object?>? callOf)
{
    private const int DeepestNesting = 60;

    // Loosest first; each row associates to the left.
    private static readonly string[][] s_levels = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["//", "*", "/", "%"]];

    private static readonly string[] s_comparisons = ["<=", ">=", "==", "!=", "<", ">"];

    private int _at;
    private int _depth;

    public object Run()
    {
        SkipSpace();
        if (_at >= text.Length) throw Invalid();
        Func<object> value = Conditional();
        return _at < text.Length ? throw Invalid() : value();
    }

    private Func<object> Conditional()
    {
        if (++_depth > DeepestNesting) throw new ArithmeticException("too many nested parentheses");
        Func<object> value = Or();
        if (TakeWord("if"))
        {
            Func<object> condition = Or();
            if (!TakeWord("else")) throw Invalid();
            Func<object> first = value;
            Func<object> second = Conditional();
            value = () => ArithmeticOperators.IsTrue(condition()) ? first() : second();
        }

        _depth--;
        return value;
    }

    private Func<object> Or() => Chain(And, "or", (left, right) => () => left() is var value && ArithmeticOperators.IsTrue(value) ? value : right());

    private Func<object> And() => Chain(Not, "and", (left, right) => () => left() is var value && ArithmeticOperators.IsTrue(value) ? right() : value);

    private Func<object> Chain(Func<Func<object>> read, string word, Func<Func<object>, Func<object>, Func<object>> join)
    {
        Func<object> value = read();
        while (TakeWord(word)) value = join(value, read());
        return value;
    }

    private Func<object> Not()
    {
        int times = 0;
        while (TakeWord("not")) times++;
        Func<object> value = Comparison();
        return times == 0 ? value : () => ArithmeticOperators.IsTrue(value()) == (times % 2 == 0);
    }

    private Func<object> Comparison()
    {
        Func<object> left = Level(0);
        Func<object>? all = null;
        while (Take(s_comparisons) is { } symbol)
        {
            Func<object> first = left;
            Func<object> second = Level(0);
            Func<object>? before = all;
            all = () => (before is null || ArithmeticOperators.IsTrue(before())) && ArithmeticOperators.IsTrue(ArithmeticOperators.Apply(symbol, first(), second()));
            left = second;
        }

        return all ?? left;
    }

    private Func<object> Level(int level)
    {
        if (level == s_levels.Length) return Signed();
        Func<object> value = Level(level + 1);
        while (Take(s_levels[level]) is { } symbol) value = Compute(symbol, value, Level(level + 1));
        return value;
    }

    private Func<object> Signed()
    {
        if (++_depth > DeepestNesting) throw new ArithmeticException("too many nested parentheses");
        string? sign = Take(["+", "-", "~"]);
        Func<object> value = sign is null ? Power() : Signed();
        _depth--;
        return sign switch
        {
            "-" => () => ArithmeticOperators.Negate(value()),
            "~" => () => ArithmeticOperators.Invert(value()),
            _ => value,
        };
    }

    private Func<object> Power()
    {
        Func<object> value = Atom();
        return Take(["**"]) is null ? value : Compute("**", value, Signed());
    }

    private static Func<object> Compute(string symbol, Func<object> left, Func<object> right) => () => ArithmeticOperators.Apply(symbol, left(), right());

    private Func<object> Atom()
    {
        if (Take(["("]) is not null)
        {
            Func<object> value = Conditional();
            return Take([")"]) is null ? throw new ArithmeticException("'(' was never closed") : value;
        }

        if (_at >= text.Length) throw Invalid();
        if (char.IsAsciiDigit(text[_at]) || (text[_at] == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
        {
            object number = Number();
            return () => number;
        }

        return char.IsLetter(text[_at]) || text[_at] == '_' ? Named() : throw Invalid();
    }

    private Func<object> Named()
    {
        int start = _at;
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '.')) _at++;
        string name = text[start.._at];
        SkipSpace();
        if (Take(["("]) is null)
            return name switch { "True" => () => true, "False" => () => false, _ => () => nameOf?.Invoke(name) ?? throw Undefined(name) };

        List<Func<object>> arguments = [];
        while (Take([")"]) is null)
        {
            if (arguments.Count > 0 && Take([","]) is null) throw Invalid();
            arguments.Add(Conditional());
        }

        return () =>
        {
            object result = callOf?.Invoke(name, [.. arguments.Select(argument => argument())]) ?? throw Undefined(name);
            return result is double number && double.IsNaN(number) ? throw new ArithmeticException("math domain error") : result;
        };
    }

    private object Number()
    {
        int start = _at;
        bool floating = false;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] is '.' or '_'))
        {
            floating |= text[_at] == '.';
            _at++;
        }

        if (_at + 1 < text.Length && text[_at] is 'e' or 'E')
        {
            int exponent = _at + (text[_at + 1] is '+' or '-' ? 2 : 1);
            if (exponent < text.Length && char.IsAsciiDigit(text[exponent]))
            {
                floating = true;
                _at = exponent;
                while (_at < text.Length && char.IsAsciiDigit(text[_at])) _at++;
            }
        }

        string digits = text[start.._at].Replace("_", "", StringComparison.Ordinal);
        bool leadingZero = !floating && digits.Length > 1 && digits[0] == '0' && digits.AsSpan().ContainsAnyExcept('0');
        if (leadingZero) throw new ArithmeticException("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers");
        if (_at < text.Length && (char.IsLetter(text[_at]) || text[_at] == '_')) throw new ArithmeticException("invalid decimal literal");
        SkipSpace();
        if (!floating)
            return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long whole) ? whole : throw new ArithmeticException("the number does not fit into 64 bits");
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Invalid();
    }

    private string? Take(ReadOnlySpan<string> symbols)
    {
        foreach (string symbol in symbols)
        {
            if (string.CompareOrdinal(text, _at, symbol, 0, symbol.Length) != 0) continue;
            // "*" is not the first half of "**", "<" not that of "<<".
            int next = _at + symbol.Length;
            if (symbol is "*" or "<" or ">" && next < text.Length && text[next] == symbol[0]) continue;
            _at = next;
            SkipSpace();
            return symbol;
        }

        return null;
    }

    private bool TakeWord(string word)
    {
        int next = _at + word.Length;
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0) return false;
        if (next < text.Length && (char.IsLetterOrDigit(text[next]) || text[next] == '_')) return false;
        _at = next;
        SkipSpace();
        return true;
    }

    private void SkipSpace()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
    }

    private ArithmeticException Invalid() => new($"invalid syntax at {_at}: {PythonText.Repr(text)}");

    private static ArithmeticException Undefined(string name) => new($"name '{name}' is not defined");
}
