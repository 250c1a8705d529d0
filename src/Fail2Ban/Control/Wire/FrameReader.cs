namespace Fail2Ban.Control.Wire;

/// <summary>Cuts a stream into messages at <c>&lt;F2B_END_COMMAND&gt;</c>, wherever the packets were cut.</summary>
/// <param name="limit">Most bytes of one message, its end included.</param>
/// <remarks>Thread safety: none; owned by one connection.</remarks>
internal sealed class FrameReader(int limit)
{
    private const int Growth = 4;

    private byte[] _buffer = new byte[1024];
    private int _start;
    private int _end;

    // Invariant: no end mark begins in _buffer[_start.._searched].
    private int _searched;

    internal static ReadOnlySpan<byte> End => "<F2B_END_COMMAND>"u8;

    internal static ReadOnlySpan<byte> Close => "<F2B_CLOSE_COMMAND>"u8;

    /// <summary>Whether a message has begun to arrive.</summary>
    internal bool IsInside => _end > _start;

    /// <summary>Room for the next read of the socket.</summary>
    /// <returns>False when the message is longer than the limit.</returns>
    internal bool TryRoom(out Memory<byte> room)
    {
        if (_start == _end) _start = _end = _searched = 0;
        if (_end == _buffer.Length && _start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _searched -= _start;
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= limit)
            {
                room = default;
                return false;
            }

            // A configuration of a hundred jails comes in megabytes; what is never written to costs nothing.
            byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(_buffer.Length * (long)Growth, limit));
            _buffer.AsSpan(0, _end).CopyTo(larger);
            _buffer = larger;
        }

        room = _buffer.AsMemory(_end);
        return true;
    }

    /// <summary>So many bytes were read into the room.</summary>
    internal void Received(int count) => _end += count;

    /// <summary>The next whole message without its end; valid until the next <see cref="TryRoom"/>.</summary>
    internal bool TryTake(out ReadOnlyMemory<byte> message)
    {
        int found = _buffer.AsSpan(_searched, _end - _searched).IndexOf(End);
        if (found < 0)
        {
            _searched = Math.Max(_searched, _end - End.Length + 1);
            message = default;
            return false;
        }

        message = _buffer.AsMemory(_start, _searched + found - _start);
        _start = _searched = _searched + found + End.Length;
        return true;
    }

    /// <summary>Gives back the room of a large message.</summary>
    internal void Shrink()
    {
        if (_start == _end && _buffer.Length > 64 * 1024)
        {
            _buffer = new byte[1024];
            _start = _end = _searched = 0;
        }
    }
}
