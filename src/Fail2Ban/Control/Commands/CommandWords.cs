using System.Globalization;
using System.Numerics;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>The words of one command, read as the original reads them.</summary>
/// <param name="words">As they came over the wire.</param>
/// <param name="start">The first word that counts.</param>
internal readonly struct CommandWords(IReadOnlyList<object?> words, int start = 0)
{
    /// <summary>How many words there are.</summary>
    public int Count => words.Count - start;

    /// <summary>A word as it came.</summary>
    /// <exception cref="CommandException">There are not so many.</exception>
    public object? this[int index] => index < Count ? words[start + index] : throw CommandException.Missing();

    /// <summary>Everything behind the first <paramref name="count"/> words.</summary>
    public CommandWords After(int count) => new(words, Math.Min(start + count, words.Count));

    /// <summary>A word as text; numbers and booleans as Python prints them.</summary>
    public string Text(int index) => PythonText.Str(this[index]);

    /// <summary>As <see cref="Texts()"/>; there must be one at least.</summary>
    public IReadOnlyList<string> SomeTexts() => Count > 0 ? Texts() : throw CommandException.Missing();

    /// <summary>All words as text, a list among them as its members (several values of one option come so).</summary>
    public IReadOnlyList<string> Texts()
    {
        var texts = new List<string>(Count);
        for (int i = 0; i < Count; i++)
        {
            if (this[i] is List<object?> or PythonTuple or PythonSet) texts.AddRange(((IEnumerable<object?>)this[i]!).Select(PythonText.Str));
            else texts.Add(Text(i));
        }

        return texts;
    }

    /// <summary>A word as Python's <c>int()</c> reads it.</summary>
    public int Integer(int index)
    {
        object? word = this[index];
        switch (word)
        {
            case long number: return Fits(number);
            case int number: return number;
            case bool flag: return flag ? 1 : 0;
            case double number when double.IsFinite(number): return Fits(Math.Truncate(number));
            case string text:
                string digits = text.Trim().Replace("_", "", StringComparison.Ordinal);
                if (BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger parsed))
                    return Fits((double)parsed);
                throw CommandException.Value($"invalid literal for int() with base 10: {PythonText.Repr(text)}");
            default:
                throw new CommandException("TypeError",
                    $"int() argument must be a string, a bytes-like object or a real number, not '{PythonText.TypeName(word)}'");
        }

        static int Fits(double number) => number is >= int.MinValue and <= int.MaxValue
            ? (int)number
            : throw CommandException.Value($"{number} is out of range: {int.MinValue} to {int.MaxValue}");
    }

    /// <summary>A word as a duration of a hundred years at most.</summary>
    /// <param name="index">Which.</param>
    /// <param name="option">Whose, for the error.</param>
    public TimeSpan Time(int index, string option)
    {
        const double mostSeconds = 100 * 365.25 * 86400;
        double seconds = Convert.ToDouble(Duration(index), CultureInfo.InvariantCulture);
        return seconds is >= 0 and <= mostSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw CommandException.Value($"{option}: {PythonText.Str(this[index])} is no time from 0 seconds to 100 years");
    }

    /// <summary>A word as Python's <c>float()</c> reads it, as a time to wait; more than a day is cut to that.</summary>
    public TimeSpan Seconds(int index)
    {
        object? word = this[index];
        double seconds = word switch
        {
            long or int or double or bool => Convert.ToDouble(word, CultureInfo.InvariantCulture),
            string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) => parsed,
            string text => throw CommandException.Value($"could not convert string to float: {PythonText.Repr(text)}"),
            _ => throw new CommandException("TypeError", $"float() argument must be a string or a real number, not '{PythonText.TypeName(word)}'"),
        };
        return seconds >= 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 86400)) : throw CommandException.Value("sleep length must be non-negative");
    }

    /// <summary>A word as a boolean: <c>1</c>, <c>on</c>, <c>true</c>, <c>yes</c> in any case are true, everything else is false.</summary>
    public bool Flag(int index) => this[index] switch
    {
        bool flag => flag,
        object word => PythonText.Str(word).ToLowerInvariant() is "1" or "on" or "true" or "yes",
        null => false,
    };

    /// <summary>A word as a duration: a number of seconds (long or double, as Python would have it).</summary>
    public object Duration(int index)
    {
        object? word = this[index];
        if (word is double number && !double.IsFinite(number)) throw CommandException.Value($"{PythonText.Str(word)} is no time");
        if (word is long or double) return word;
        if (word is int seconds32) return (long)seconds32;
        return Values.Duration.TryParse(PythonText.Str(word), out object seconds, out string error)
            ? seconds
            : throw new CommandException("NameError", error);
    }
}
