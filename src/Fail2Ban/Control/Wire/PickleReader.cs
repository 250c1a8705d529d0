using System.Buffers.Binary;
using System.Numerics;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Wire;

/// <summary>The pickle machine over one buffer; every step costs what its bytes cost, whatever they say.</summary>
internal ref partial struct PickleReader(ReadOnlySpan<byte> data)
{
    private const int LargestIntegerBytes = 1024;

    private readonly ReadOnlySpan<byte> _data = data;
    private readonly PickleStack _stack = new();
    private readonly Dictionary<long, object?> _memo = [];
    private int _position;

    /// <exception cref="PickleFault">The data is not a pickle of plain values.</exception>
    internal object? Read()
    {
        while (true)
        {
            if (_position >= _data.Length) throw new PickleFault("Ran out of input");
            byte op = _data[_position++];
            if (op == PickleOp.STOP) return _stack.Pop();
            if (!Scalar(op) && !Container(op) && !Memo(op) && !Text(op)) Other(op);
        }
    }

    private readonly bool Container(byte op)
    {
        switch (op)
        {
            case PickleOp.MARK: _stack.Mark(); break;
            case PickleOp.POP: _stack.Discard(); break;
            case PickleOp.POP_MARK: _stack.TakeFrom(_stack.TakeMark()); break;
            case PickleOp.DUP: _stack.Push(_stack.Peek()); break;
            case PickleOp.EMPTY_LIST: _stack.Push(new List<object?>()); break;
            case PickleOp.EMPTY_TUPLE: _stack.Push(new PythonTuple()); break;
            case PickleOp.EMPTY_DICT: _stack.Push(new PythonDict()); break;
            case PickleOp.EMPTY_SET: _stack.Push(new PythonSet()); break;
            case PickleOp.LIST: _stack.Push(new List<object?>(_stack.TakeFrom(_stack.TakeMark()))); break;
            case PickleOp.TUPLE: _stack.Push(new PythonTuple(_stack.TakeFrom(_stack.TakeMark()))); break;
            case PickleOp.TUPLE1 or PickleOp.TUPLE2 or PickleOp.TUPLE3: _stack.Push(new PythonTuple(_stack.TakeFrom(_stack.Count - (op - PickleOp.TUPLE1 + 1)))); break;
            case PickleOp.FROZENSET: _stack.Push(PickleGlobal.SetOf(_stack.TakeFrom(_stack.TakeMark()))); break;
            case PickleOp.DICT:
                var dict = new PythonDict();
                Assign(dict, _stack.TakeFrom(_stack.TakeMark()), "DICT");
                _stack.Push(dict);
                break;
            case PickleOp.APPEND: Extend(_stack.Count - 1, "append"); break;
            case PickleOp.APPENDS: Extend(_stack.TakeMark(), "append"); break;
            case PickleOp.ADDITEMS: Extend(_stack.TakeMark(), "add"); break;
            case PickleOp.SETITEM: Assign(_stack.Count - 2); break;
            case PickleOp.SETITEMS: Assign(_stack.TakeMark()); break;
            default: return false;
        }

        return true;
    }

    private readonly void Extend(int start, string method)
    {
        object? below = _stack.Below(start);
        object?[] items = _stack.TakeFrom(start);
        if (items.Length == 0) return;
        switch (below)
        {
            case List<object?> list when method == "append":
                list.AddRange(items);
                break;
            case PythonSet set when method == "add":
                foreach (object? item in items) set.Add(PickleGlobal.Hashable(item));
                break;
            default:
                throw new PickleFault($"'{PythonText.TypeName(below)}' object has no attribute '{method}'");
        }
    }

    private readonly void Assign(int start)
    {
        object? below = _stack.Below(start);
        object?[] items = _stack.TakeFrom(start);
        if (items.Length == 0) return;
        if (below is not PythonDict dict) throw new PickleFault($"'{PythonText.TypeName(below)}' object does not support item assignment");
        Assign(dict, items, "SETITEMS");
    }

    private static void Assign(PythonDict dict, object?[] items, string op)
    {
        if (items.Length % 2 != 0) throw new PickleFault($"odd number of items for {op}");
        for (int i = 0; i < items.Length; i += 2)
        {
            if (PickleGlobal.Hashable(items[i]) is not (string or long or bool or double or BigInteger))
                throw new PickleFault($"a dictionary key of type '{PythonText.TypeName(items[i])}' is forbidden");
            dict[items[i]!] = items[i + 1];
        }
    }

    private bool Memo(byte op)
    {
        switch (op)
        {
            case PickleOp.MEMOIZE: _memo[_memo.Count] = _stack.Peek(); break;
            case PickleOp.BINPUT: Put(Take(1)[0]); break;
            case PickleOp.LONG_BINPUT: Put(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case PickleOp.PUT: Put(Index()); break;
            case PickleOp.BINGET: Get(Take(1)[0]); break;
            case PickleOp.LONG_BINGET: Get(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))); break;
            case PickleOp.GET: Get(Index()); break;
            default: return false;
        }

        return true;
    }

    private readonly void Put(long index) => _memo[index] = _stack.Peek();

    private readonly void Get(long index) =>
        _stack.Push(_memo.TryGetValue(index, out object? value) ? value : throw new PickleFault($"Memo value not found at index {index}"));

    private void Other(byte op)
    {
        switch (op)
        {
            case PickleOp.PROTO:
                byte protocol = Take(1)[0];
                if (protocol > 5) throw new PickleFault($"unsupported pickle protocol: {protocol}");
                break;
            case PickleOp.FRAME:
                ulong length = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
                if (length > (ulong)(_data.Length - _position)) throw new PickleFault(PickleFault.Truncated);
                break;
            case PickleOp.GLOBAL:
                string module = Line();
                string name = Line();
                _stack.Push(PickleGlobal.Find(module, name));
                break;
            case PickleOp.STACK_GLOBAL:
                object? last = _stack.Pop();
                object? first = _stack.Pop();
                if (first is not string || last is not string) throw new PickleFault("STACK_GLOBAL requires str");
                _stack.Push(PickleGlobal.Find((string)first, (string)last));
                break;
            case PickleOp.REDUCE:
                object? arguments = _stack.Pop();
                object? called = _stack.Pop();
                if (arguments is not PythonTuple tuple) throw new PickleFault("argument list must be a tuple");
                if (called is not PickleGlobal global) throw new PickleFault($"'{PythonText.TypeName(called)}' object is not callable");
                _stack.Push(global.Read(tuple));
                break;
            case PickleOp.BUILD:
                _stack.Pop();
                // An exception's attributes say nothing that its arguments do not.
                if (_stack.Peek() is not PythonError) throw new PickleFault("state of an object is forbidden");
                break;
            case PickleOp.INST or PickleOp.OBJ or PickleOp.NEWOBJ or PickleOp.NEWOBJ_EX:
                throw new PickleFault("making an object is forbidden");
            case PickleOp.EXT1: throw new PickleFault($"unregistered extension code {Take(1)[0]}");
            case PickleOp.EXT2: throw new PickleFault($"unregistered extension code {BinaryPrimitives.ReadUInt16LittleEndian(Take(2))}");
            case PickleOp.EXT4: throw new PickleFault($"unregistered extension code {BinaryPrimitives.ReadInt32LittleEndian(Take(4))}");
            case PickleOp.PERSID or PickleOp.BINPERSID:
                throw new PickleFault("A load persistent id instruction was encountered,\nbut no persistent_load function was specified.");
            case PickleOp.NEXT_BUFFER or PickleOp.READONLY_BUFFER:
                throw new PickleFault("pickle stream refers to out-of-band data but no *buffers* argument was given");
            default:
                string key = op is >= 0x20 and < 0x7f and not (byte)'\'' and not (byte)'\\' ? ((char)op).ToString() : $"\\x{op:x2}";
                throw new PickleFault($"invalid load key, '{key}'.");
        }
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_data.Length - _position)) throw new PickleFault(PickleFault.Truncated);
        ReadOnlySpan<byte> taken = _data.Slice(_position, (int)count);
        _position += (int)count;
        return taken;
    }
}
