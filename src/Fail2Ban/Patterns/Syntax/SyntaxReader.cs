using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fail2Ban.Patterns.Syntax;

/// <summary>
/// Cuts a pattern into the units that Python's grammar knows: one code point, or a backslash with the code point after it.
/// </summary>
/// <remarks>
/// Python reads one unit ahead, and complains of a lone backslash at the end when that comes into sight. Errors are
/// told in the same order here.
/// </remarks>
internal sealed class SyntaxReader
{
    private readonly string _text;

    internal SyntaxReader(string text)
    {
        _text = text;
        Next = Peek(0);
    }

    /// <summary>The unit that follows; empty at the end.</summary>
    internal string Next { get; private set; }

    internal bool AtEnd => Next.Length == 0;

    /// <summary>Where <see cref="Next"/> begins, in UTF-16 units.</summary>
    internal int Index { get; private set; }

    /// <summary>Takes the next unit; empty at the end.</summary>
    internal string Take()
    {
        string taken = Next;
        MoveTo(Index + taken.Length);
        return taken;
    }

    internal bool TryTake(char unit)
    {
        if (Next.Length != 1 || Next[0] != unit) return false;
        Take();
        return true;
    }

    /// <summary>Takes units while they are single characters of a set, at most so many.</summary>
    internal string TakeWhile(int most, Func<char, bool> wanted)
    {
        int start = Index;
        for (int i = 0; i < most && Next.Length == 1 && wanted(Next[0]); i++) Take();
        return _text[start..Index];
    }

    // Takes a name up to and with its terminator; "what" is what it names, for the message.
    internal string TakeUntil(char terminator, string what)
    {
        int start = Index;
        while (!AtEnd && !(Next.Length == 1 && Next[0] == terminator)) Take();
        string name = _text[start..Index];
        if (AtEnd && name.Length == 0) Fail($"missing {what}", Index);
        if (AtEnd) Fail($"missing {terminator}, unterminated name", start);
        Take();
        if (name.Length == 0) Fail($"missing {what}", start);
        return name;
    }

    internal void MoveTo(int index)
    {
        Next = Peek(index);
        Index = index;
    }

    /// <summary>Gives the position as Python counts it, in code points.</summary>
    [DoesNotReturn]
    internal void Fail(string reason, int index) => throw Error(reason, index);

    internal PatternException Error(string reason, int index)
    {
        int position = 0;
        foreach (Rune _ in _text.AsSpan(0, Math.Min(index, _text.Length)).EnumerateRunes()) position++;
        return new PatternException(reason, position);
    }

    private string Peek(int index)
    {
        if (index >= _text.Length) return "";
        if (_text[index] != '\\') return _text.Substring(index, Width(index));
        if (index + 1 >= _text.Length) Fail("bad escape (end of pattern)", index);
        return _text.Substring(index, 1 + Width(index + 1));
    }

    private int Width(int index) => char.IsHighSurrogate(_text[index]) && index + 1 < _text.Length && char.IsLowSurrogate(_text[index + 1]) ? 2 : 1;
}
