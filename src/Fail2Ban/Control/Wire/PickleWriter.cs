using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using System.Numerics;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Wire;

/// <summary>Writes protocol 5 with the frames, batches and memo entries of CPython's C pickler.</summary>
internal sealed class PickleWriter
{
    private const int Batch = 1000;

    private readonly PickleFrames _out = new();
    private readonly Dictionary<(string Module, string Name), int> _classes = [];
    private int _memo;

    internal byte[] Write(object? value)
    {
        Save(value, 0);
        return _out.Finish();
    }

    private void Save(object? value, int depth)
    {
        if (depth > Pickle.MaximumDepth) throw new ArgumentException($"nested deeper than {Pickle.MaximumDepth} levels", nameof(value));
        _out.Boundary();
        switch (value)
        {
            case null: _out.Byte(PickleOp.NONE); break;
            case bool flag: _out.Byte(flag ? PickleOp.NEWTRUE : PickleOp.NEWFALSE); break;
            case string text: SaveText(text); break;
            case double number: SaveFloat(number); break;
            case float number: SaveFloat(number); break;
            case int or long or short or byte or sbyte or ushort or uint: SaveInteger(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong number: SaveInteger((BigInteger)number); break;
            case BigInteger number: SaveInteger(number); break;
            case byte[] bytes: SaveBytes(bytes); break;
            case PythonTuple tuple: SaveTuple(tuple, depth); break;
            case PythonDict dict: SaveDict(dict, depth); break;
            case PythonSet set: SaveSet(set, depth); break;
            case PythonError error:
                (string module, string name) = PickleGlobal.ErrorClass(error.TypeName);
                SaveCall(module, name, name == error.TypeName ? error.Arguments : new PythonTuple(error.Message), depth);
                break;
            case IEnumerable items: SaveList(items, depth); break;
            default: SaveCall("builtins", "str", new PythonTuple(value.ToString() ?? ""), depth); break;
        }
    }

    private void Memoize()
    {
        _out.Byte(PickleOp.MEMOIZE);
        _memo++;
    }

    private void SaveText(string text)
    {
        byte[] utf8 = SurrogateUtf8.Encode(text);
        _out.Payload(PickleOp.SHORT_BINUNICODE, PickleOp.BINUNICODE, utf8);
        Memoize();
    }

    private void SaveBytes(byte[] bytes)
    {
        _out.Payload(PickleOp.SHORT_BINBYTES, PickleOp.BINBYTES, bytes);
        Memoize();
    }

    private void SaveFloat(double number)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = PickleOp.BINFLOAT;
        BinaryPrimitives.WriteDoubleBigEndian(bytes[1..], number);
        _out.Bytes(bytes);
    }

    private void SaveInteger(long number)
    {
        Span<byte> bytes = stackalloc byte[5];
        switch (number)
        {
            case >= 0 and <= 0xff:
                _out.Bytes([PickleOp.BININT1, (byte)number]);
                break;
            case >= 0 and <= 0xffff:
                _out.Bytes([PickleOp.BININT2, (byte)number, (byte)(number >> 8)]);
                break;
            case >= int.MinValue and <= int.MaxValue:
                bytes[0] = PickleOp.BININT;
                BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], (int)number);
                _out.Bytes(bytes);
                break;
            default:
                SaveInteger((BigInteger)number);
                break;
        }
    }

    private void SaveInteger(BigInteger number)
    {
        if (number >= int.MinValue && number <= int.MaxValue)
        {
            SaveInteger((long)number);
            return;
        }

        byte[] bytes = number.ToByteArray();
        Span<byte> size = stackalloc byte[5];
        size[0] = PickleOp.LONG4;
        BinaryPrimitives.WriteInt32LittleEndian(size[1..], bytes.Length);
        _out.Bytes(bytes.Length < 256 ? [PickleOp.LONG1, (byte)bytes.Length] : size);
        _out.Bytes(bytes);
    }

    private void SaveTuple(PythonTuple tuple, int depth)
    {
        if (tuple.Count == 0)
        {
            _out.Byte(PickleOp.EMPTY_TUPLE);
            return;
        }

        if (tuple.Count > 3) _out.Byte(PickleOp.MARK);
        foreach (object? item in tuple) Save(item, depth + 1);
        _out.Byte(tuple.Count > 3 ? PickleOp.TUPLE : (byte)(PickleOp.TUPLE1 + tuple.Count - 1));
        Memoize();
    }

    private void SaveList(IEnumerable items, int depth)
    {
        _out.Byte(PickleOp.EMPTY_LIST);
        Memoize();
        List<object?> all = items as List<object?> ?? [.. items.Cast<object?>()];
        SaveBatches(all.Count, all, (item, level) => Save(item, level), depth, PickleOp.APPEND, PickleOp.APPENDS);
    }

    private void SaveDict(PythonDict dict, int depth)
    {
        _out.Byte(PickleOp.EMPTY_DICT);
        Memoize();
        SaveBatches(dict.Count, dict, (pair, level) =>
        {
            Save(pair.Key, level);
            Save(pair.Value, level);
        }, depth, PickleOp.SETITEM, PickleOp.SETITEMS);
    }

    private void SaveSet(PythonSet set, int depth)
    {
        _out.Byte(PickleOp.EMPTY_SET);
        Memoize();
        SaveBatches(set.Count, set, (item, level) => Save(item, level), depth, null, PickleOp.ADDITEMS);
    }

    private void SaveBatches<T>(int count, IEnumerable<T> items, Action<T, int> save, int depth, byte? single, byte several)
    {
        bool alone = count == 1 && single is not null;
        int done = 0;
        foreach (T item in items)
        {
            if (!alone && done % Batch == 0) _out.Byte(PickleOp.MARK);
            save(item, depth + 1);
            done++;
            if (alone) _out.Byte(single!.Value);
            else if (done % Batch == 0 || done == count) _out.Byte(several);
        }
    }

    // "module.name(arguments)" as data: how the original sends its address objects and its exceptions.
    private void SaveCall(string module, string name, PythonTuple arguments, int depth)
    {
        if (_classes.TryGetValue((module, name), out int index))
        {
            Span<byte> bytes = stackalloc byte[5];
            bytes[0] = PickleOp.LONG_BINGET;
            BinaryPrimitives.WriteInt32LittleEndian(bytes[1..], index);
            _out.Bytes(index < 256 ? [PickleOp.BINGET, (byte)index] : bytes);
        }
        else
        {
            Save(module, depth + 1);
            Save(name, depth + 1);
            _out.Byte(PickleOp.STACK_GLOBAL);
            _classes[(module, name)] = _memo;
            Memoize();
        }

        Save(arguments, depth + 1);
        _out.Byte(PickleOp.REDUCE);
        Memoize();
    }
}
