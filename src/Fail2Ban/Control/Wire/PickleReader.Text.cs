using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fail2Ban.Control.Wire;

internal ref partial struct PickleReader
{
    private bool Text(byte op)
    {
        switch (op)
        {
            case PickleOp.SHORT_BINUNICODE: _stack.Push(SurrogateUtf8.Decode(Take(Take(1)[0]))); break;
            case PickleOp.BINUNICODE: _stack.Push(SurrogateUtf8.Decode(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))))); break;
            case PickleOp.BINUNICODE8: _stack.Push(SurrogateUtf8.Decode(Take(Size("BINUNICODE")))); break;
            case PickleOp.SHORT_BINBYTES: _stack.Push(Take(Take(1)[0]).ToArray()); break;
            case PickleOp.BINBYTES: _stack.Push(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))).ToArray()); break;
            case PickleOp.BINBYTES8: _stack.Push(Take(Size("BINBYTES")).ToArray()); break;
            case PickleOp.BYTEARRAY8: _stack.Push(Take(Size("BYTEARRAY8")).ToArray()); break;
            case PickleOp.SHORT_BINSTRING: _stack.Push(Ascii(Take(Take(1)[0]))); break;
            case PickleOp.BINSTRING:
                int size = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                if (size < 0) throw new PickleFault("BINSTRING pickle has negative byte count");
                _stack.Push(Ascii(Take((ulong)size)));
                break;
            case PickleOp.STRING: _stack.Push(Quoted(Line())); break;
            case PickleOp.UNICODE: _stack.Push(RawUnicode()); break;
            default: return false;
        }

        return true;
    }

    private ulong Size(string op)
    {
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
        return size <= long.MaxValue ? size : throw new PickleFault($"{op} exceeds system's maximum size of {long.MaxValue} bytes");
    }

    private static string Ascii(ReadOnlySpan<byte> bytes)
    {
        int wrong = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xff);
        return wrong < 0
            ? Encoding.ASCII.GetString(bytes)
            : throw new PickleFault($"'ascii' codec can't decode byte 0x{bytes[wrong]:x2} in position {wrong}: ordinal not in range(128)");
    }

    // Protocol 0 of Python 2: repr() of a byte string.
    private static string Quoted(string line)
    {
        string trimmed = line.TrimEnd();
        if (trimmed.Length < 2 || trimmed[0] != trimmed[^1] || trimmed[0] is not ('\'' or '"')) throw new PickleFault("the STRING opcode argument must be quoted");
        var bytes = new List<byte>(trimmed.Length);
        for (int i = 1; i < trimmed.Length - 1; i++)
        {
            char letter = trimmed[i];
            if (letter != '\\' || i + 1 >= trimmed.Length - 1)
            {
                bytes.Add((byte)letter);
                continue;
            }

            letter = trimmed[++i];
            int hex = 0;
            if (letter == 'x' && !(i + 2 < trimmed.Length - 1 && int.TryParse(trimmed.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out hex)))
                throw new PickleFault($"invalid \\x escape at position {i - 2}");
            if (letter == 'x') i += 2;
            bytes.Add(letter switch { 'n' => 10, 'r' => 13, 't' => 9, 'a' => 7, 'b' => 8, 'f' => 12, 'v' => 11, 'x' => (byte)hex, _ => (byte)letter });
        }

        return Ascii(bytes.ToArray());
    }

    // "raw-unicode-escape": Latin-1 but for \uXXXX and \UXXXXXXXX after an odd number of backslashes.
    private string RawUnicode()
    {
        int length = _data[_position..].IndexOf((byte)'\n');
        if (length < 0) throw new PickleFault(PickleFault.Truncated);
        string line = Encoding.Latin1.GetString(_data.Slice(_position, length));
        _position += length + 1;
        var text = new StringBuilder(line.Length);
        int backslashes = 0;
        for (int i = 0; i < line.Length; i++)
        {
            int digits = backslashes % 2 == 1 ? line[i] switch { 'u' => 4, 'U' => 8, _ => 0 } : 0;
            backslashes = line[i] == '\\' ? backslashes + 1 : 0;
            if (digits == 0)
            {
                text.Append(line[i]);
                continue;
            }

            if (i + digits >= line.Length || !uint.TryParse(line.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code))
                throw new PickleFault($"'rawunicodeescape' codec can't decode bytes in position {i - 1}-{Math.Min(i + digits, line.Length - 1)}: truncated \\{line[i]}{new string('X', digits)} escape");
            if (code > 0x10ffff) throw new PickleFault($"'rawunicodeescape' codec can't decode bytes in position {i - 1}-{i + digits}: \\Uxxxxxxxx out of range");
            text.Length--;
            if (code <= 0xffff) text.Append((char)code);
            else text.Append(char.ConvertFromUtf32((int)code));
            i += digits;
        }

        return text.ToString();
    }
}
