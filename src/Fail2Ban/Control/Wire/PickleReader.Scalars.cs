using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Wire;

internal ref partial struct PickleReader
{
    private bool Scalar(byte op)
    {
        switch (op)
        {
            case PickleOp.NONE: _stack.Push(null); break;
            case PickleOp.NEWTRUE: _stack.Push(true); break;
            case PickleOp.NEWFALSE: _stack.Push(false); break;
            case PickleOp.BININT: _stack.Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case PickleOp.BININT1: _stack.Push((long)Take(1)[0]); break;
            case PickleOp.BININT2: _stack.Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case PickleOp.LONG1: _stack.Push(Integer(Take(Take(1)[0]))); break;
            case PickleOp.LONG4:
                int size = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                if (size < 0) throw new PickleFault("LONG pickle has negative byte count");
                _stack.Push(Integer(Take((ulong)size)));
                break;
            case PickleOp.INT: _stack.Push(TextInteger(isLong: false)); break;
            case PickleOp.LONG: _stack.Push(TextInteger(isLong: true)); break;
            case PickleOp.BINFLOAT: _stack.Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8))); break;
            case PickleOp.FLOAT: _stack.Push(Float(Line())); break;
            default: return false;
        }

        return true;
    }

    private static object? Integer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > LargestIntegerBytes) throw new PickleFault($"an integer of {bytes.Length} bytes is forbidden");
        return Narrow(new BigInteger(bytes));
    }

    private object? TextInteger(bool isLong)
    {
        string line = Line();
        if (!isLong && line is "00" or "01") return line == "01";
        string digits = isLong && line.EndsWith('L') ? line[..^1] : line;
        if (digits.Length <= LargestIntegerBytes * 2 && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)) return Narrow(value);
        throw new PickleFault(isLong ? $"invalid literal for int() with base 0: {PythonText.Repr(digits)}" : "could not convert string to int");
    }

    // Values are long wherever they fit, so that a pattern match on one kind is enough.
    private static object? Narrow(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? Boxed((long)value) : Boxed(value);

    private static object? Boxed<T>(T value) => value;

    private static double Float(string text)
    {
        string plain = text.TrimStart('+', '-');
        bool negative = text.StartsWith('-');
        if (plain.Equals("inf", StringComparison.OrdinalIgnoreCase) || plain.Equals("infinity", StringComparison.OrdinalIgnoreCase)) return negative ? double.NegativeInfinity : double.PositiveInfinity;
        if (plain.Equals("nan", StringComparison.OrdinalIgnoreCase)) return double.NaN;
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return plain.Length > 0 && plain[0] is (>= '0' and <= '9') or '.' && double.TryParse(text, Style, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new PickleFault("could not convert string to float");
    }

    private long Index()
    {
        string line = Line();
        if (!long.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long index))
            throw new PickleFault($"invalid literal for int() with base 10: {PythonText.Repr(line + "\n")}");
        return index >= 0 ? index : throw new PickleFault("negative PUT argument");
    }

    // The argument of an opcode of protocol 0; Python wants at least one byte before the newline.
    private string Line()
    {
        int length = _data[_position..].IndexOf((byte)'\n');
        if (length < 1) throw new PickleFault(PickleFault.Truncated);
        string line = Encoding.Latin1.GetString(_data.Slice(_position, length));
        _position += length + 1;
        return line;
    }
}
