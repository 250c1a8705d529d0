using System.Buffers;

namespace Fail2Ban.Tags;

/// <summary>A text in which parts are replaced again and again, without a new string each time.</summary>
/// <remarks>Thread safety: none. Its memory goes back to the shared pool when it is disposed.</remarks>
internal sealed class SpliceText : IDisposable
{
    private const int FirstRoom = 2048;

    private char[] _room = ArrayPool<char>.Shared.Rent(FirstRoom);
    private int _length;

    /// <summary>The text; valid until the next change.</summary>
    public ReadOnlySpan<char> Text => _room.AsSpan(0, _length);

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_room);
        _room = [];
        _length = 0;
    }

    /// <summary>Begins anew.</summary>
    public void Set(string text)
    {
        _length = 0;
        MakeRoom(text.Length);
        text.CopyTo(_room);
        _length = text.Length;
    }

    /// <summary>Replaces each occurrence of a part; what takes its place is not searched.</summary>
    /// <param name="part">Not empty.</param>
    /// <param name="replacement">What takes its place.</param>
    /// <param name="most">The result may have so many characters.</param>
    /// <returns>False where the result would be longer; the text is then as before.</returns>
    public bool TryReplace(string part, string replacement, int most)
    {
        int count = Text.Count(part);
        long length = _length + count * ((long)replacement.Length - part.Length);
        if (length > most) return false;
        if (count == 1) Splice(Text.IndexOf(part), part.Length, replacement);
        else if (count > 1) ReplaceAll(part, replacement, (int)length);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => new(Text);

    // Each character is moved once, however many occurrences there are.
    private void ReplaceAll(string part, string replacement, int length)
    {
        char[] room = ArrayPool<char>.Shared.Rent(Math.Max(length, FirstRoom));
        Span<char> target = room;
        ReadOnlySpan<char> rest = Text;
        for (int at; (at = rest.IndexOf(part)) >= 0; rest = rest[(at + part.Length)..])
        {
            rest[..at].CopyTo(target);
            replacement.CopyTo(target[at..]);
            target = target[(at + replacement.Length)..];
        }

        rest.CopyTo(target);
        ArrayPool<char>.Shared.Return(_room);
        (_room, _length) = (room, length);
    }

    private void Splice(int start, int length, string replacement)
    {
        MakeRoom(_length - length + replacement.Length);
        _room.AsSpan((start + length).._length).CopyTo(_room.AsSpan(start + replacement.Length));
        replacement.CopyTo(_room.AsSpan(start));
        _length += replacement.Length - length;
    }

    private void MakeRoom(int length)
    {
        if (length <= _room.Length) return;
        char[] larger = ArrayPool<char>.Shared.Rent(Math.Max(length, 2 * _room.Length));
        Text.CopyTo(larger);
        ArrayPool<char>.Shared.Return(_room);
        _room = larger;
    }
}
