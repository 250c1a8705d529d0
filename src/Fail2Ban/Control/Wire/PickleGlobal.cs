using Fail2Ban.Values;

namespace Fail2Ban.Control.Wire;

/// <summary>A class named on the wire. The table is closed, and what it holds is read as data: a name is never looked up in the program.</summary>
/// <param name="Kind">What a "call" of it stands for.</param>
/// <param name="Name">The class without its module.</param>
internal sealed record PickleGlobal(PickleGlobal.Meaning Kind, string Name)
{
    internal enum Meaning { Text, Bytes, Set, Encode, Error }

    private static readonly HashSet<string> BuiltinErrors =
    [
        "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BlockingIOError", "BrokenPipeError", "BufferError",
        "ChildProcessError", "ConnectionAbortedError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "EOFError",
        "EnvironmentError", "Exception", "FileExistsError", "FileNotFoundError", "FloatingPointError", "IOError", "ImportError",
        "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError", "KeyboardInterrupt", "LookupError",
        "MemoryError", "ModuleNotFoundError", "NameError", "NotADirectoryError", "NotImplementedError", "OSError", "OverflowError",
        "PermissionError", "ProcessLookupError", "RecursionError", "ReferenceError", "RuntimeError", "StopIteration", "SyntaxError",
        "SystemError", "SystemExit", "TabError", "TimeoutError", "TypeError", "UnboundLocalError", "UnicodeDecodeError",
        "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError", "ValueError", "ZeroDivisionError",
    ];

    private static readonly Dictionary<string, string> OtherErrors = new()
    {
        ["UnknownJailException"] = "fail2ban.exceptions",
        ["DuplicateJailException"] = "fail2ban.exceptions",
        ["RegexException"] = "fail2ban.server.failregex",
        ["JSONDecodeError"] = "json.decoder",
        ["OperationalError"] = "sqlite3",
        ["DatabaseError"] = "sqlite3",
        ["IntegrityError"] = "sqlite3",
        ["error"] = "re",
    };

    /// <exception cref="PickleFault">The name is not in the table.</exception>
    internal static PickleGlobal Find(string module, string name)
    {
        if (module is "builtins" or "__builtin__" or "exceptions" && BuiltinErrors.Contains(name)) return new(Meaning.Error, name);
        if (OtherErrors.TryGetValue(name, out string? home) && home == module) return new(Meaning.Error, name);
        return (module, name) switch
        {
            ("builtins" or "__builtin__", "str" or "unicode") => new(Meaning.Text, name),
            ("builtins" or "__builtin__", "bytes" or "bytearray") => new(Meaning.Bytes, name),
            ("builtins" or "__builtin__", "set" or "frozenset") => new(Meaning.Set, name),
            ("_codecs", "encode") => new(Meaning.Encode, name),
            ("sre_constants", "error") => new(Meaning.Error, name),
            _ => throw new PickleFault($"global {PythonText.Repr($"{module}.{name}")} is forbidden"),
        };
    }

    /// <summary>The module under which the original sends an exception; what it does not know goes as a plain Exception.</summary>
    internal static (string Module, string Name) ErrorClass(string name) =>
        BuiltinErrors.Contains(name) ? ("builtins", name)
        : OtherErrors.TryGetValue(name, out string? module) ? (module, name)
        : ("builtins", "Exception");

    /// <summary>What the call <c>name(*arguments)</c> would have given, for the few forms that pickles of plain data use.</summary>
    internal object Read(PythonTuple arguments) => (Kind, arguments.Count) switch
    {
        (Meaning.Error, _) => new PythonError(Name, arguments),
        (Meaning.Text, 0) => "",
        (Meaning.Text, 1) when arguments[0] is string text => text,
        (Meaning.Bytes, 0) => Array.Empty<byte>(),
        (Meaning.Bytes, 1) when arguments[0] is byte[] bytes => bytes,
        (Meaning.Bytes, 1) when arguments[0] is List<object?> numbers && numbers.TrueForAll(number => number is long and >= 0 and < 256) =>
            numbers.ConvertAll(number => (byte)(long)number!).ToArray(),
        (Meaning.Encode, 2) when arguments[0] is string text && arguments[1] is "latin1" or "latin-1" => Latin1((string)arguments[0]!),
        (Meaning.Set, 0) => new PythonSet(),
        (Meaning.Set, 1) when arguments[0] is List<object?> members => SetOf(members),
        _ => throw new PickleFault($"call of {Name} with {arguments.Count} argument(s) of this kind is forbidden"),
    };

    internal static PythonSet SetOf(IEnumerable<object?> members)
    {
        var set = new PythonSet();
        foreach (object? member in members) set.Add(Hashable(member));
        return set;
    }

    internal static object? Hashable(object? value) => value is List<object?> or PythonDict or PythonSet
        ? throw new PickleFault($"unhashable type: '{PythonText.TypeName(value)}'")
        : value;

    private static byte[] Latin1(string text)
    {
        var bytes = new byte[text.Length];
        for (int i = 0; i < text.Length; i++)
            bytes[i] = text[i] <= 0xff ? (byte)text[i] : throw new PickleFault($"'latin-1' codec can't encode character in position {i}: ordinal not in range(256)");
        return bytes;
    }
}
