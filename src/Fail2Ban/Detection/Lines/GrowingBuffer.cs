using System.Buffers;

namespace Fail2Ban.Detection.Lines;

/// <summary>Collects bytes in an array of the shared pool; whoever takes <see cref="Buffer"/> returns it there.</summary>
internal struct GrowingBuffer(int capacity)
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    internal readonly byte[] Buffer => _buffer;

    internal int Length { get; private set; }

    internal void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    internal void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Free space of at least so many bytes; <see cref="Commit"/> says how many were used.</summary>
    internal Span<byte> Reserve(int count)
    {
        if (_buffer.Length - Length < count)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(Length + count), _buffer.Length * 2));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        return _buffer.AsSpan(Length);
    }

    internal void Commit(int count) => Length += count;

    internal void Remove(int start, int count)
    {
        _buffer.AsSpan(start + count, Length - start - count).CopyTo(_buffer.AsSpan(start));
        Length -= count;
    }
}
