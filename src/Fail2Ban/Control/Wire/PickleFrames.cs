using System.Buffers.Binary;

namespace Fail2Ban.Control.Wire;

/// <summary>The bytes of a pickle, cut into frames as CPython cuts them: at the first object after 64 KiB; larger texts stand outside.</summary>
internal sealed class PickleFrames
{
    private const int Target = 64 * 1024;
    private const int HeaderBytes = 9;
    private const int SmallestFrame = 4;

    private byte[] _bytes = new byte[256];
    private int _count;
    private int _frame = -1;
    private bool _framing;

    internal PickleFrames()
    {
        Bytes([PickleOp.PROTO, 5]);
        _framing = true;
    }

    internal void Byte(byte value) => Bytes([value]);

    internal void Bytes(ReadOnlySpan<byte> values)
    {
        if (_framing && _frame < 0)
        {
            _frame = _count;
            Reserve(HeaderBytes);
            _count += HeaderBytes;
        }

        Reserve(values.Length);
        values.CopyTo(_bytes.AsSpan(_count));
        _count += values.Length;
    }

    /// <summary>A size and its bytes: one byte of size under <paramref name="small"/>, four under <paramref name="large"/>.</summary>
    internal void Payload(byte small, byte large, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[5];
        header[0] = large;
        BinaryPrimitives.WriteInt32LittleEndian(header[1..], payload.Length);
        bool outside = payload.Length >= Target;
        if (outside)
        {
            Close();
            _framing = false;
        }

        Bytes(payload.Length < 256 ? [small, (byte)payload.Length] : header);
        Bytes(payload);
        _framing = true;
    }

    /// <summary>A new object begins: a full frame ends here.</summary>
    internal void Boundary()
    {
        if (_frame >= 0 && _count - _frame - HeaderBytes >= Target) Close();
    }

    internal byte[] Finish()
    {
        Byte(PickleOp.STOP);
        Close();
        return _bytes.AsSpan(0, _count).ToArray();
    }

    private void Close()
    {
        if (_frame < 0) return;
        int length = _count - _frame - HeaderBytes;
        if (length >= SmallestFrame)
        {
            _bytes[_frame] = PickleOp.FRAME;
            BinaryPrimitives.WriteInt64LittleEndian(_bytes.AsSpan(_frame + 1), length);
        }
        else
        {
            _bytes.AsSpan(_frame + HeaderBytes, length).CopyTo(_bytes.AsSpan(_frame));
            _count -= HeaderBytes;
        }

        _frame = -1;
    }

    private void Reserve(int more)
    {
        if (_count + more > _bytes.Length) Array.Resize(ref _bytes, checked((int)Math.Max(Math.Min(_bytes.Length * 2L, Array.MaxLength), _count + (long)more)));
    }
}
