using System.Globalization;

namespace Fail2Ban.Values;

/// <summary>An exception of the original as inert data: it is printed and sent, never thrown.</summary>
/// <param name="TypeName">The class without its module, such as <c>ValueError</c> or <c>UnknownJailException</c>.</param>
/// <param name="Arguments">What the exception was made with; usually one string.</param>
public sealed record PythonError(string TypeName, PythonTuple Arguments)
{
    /// <summary>An exception with one message.</summary>
    public PythonError(string typeName, string message) : this(typeName, new PythonTuple(message)) { }

    /// <summary>What <c>str(exception)</c> gives; a KeyError's message stands in quotes.</summary>
    public string Message => Arguments.Count switch
    {
        0 => "",
        1 when TypeName is "KeyError" or "UnknownJailException" => PythonText.Repr(Arguments[0]),
        1 => PythonText.Str(Arguments[0]),
        2 when IsSystemError => $"[Errno {PythonText.Str(Arguments[0])}] {PythonText.Str(Arguments[1])}",
        >= 3 when IsSystemError => $"[Errno {PythonText.Str(Arguments[0])}] {PythonText.Str(Arguments[1])}: {PythonText.Repr(Arguments[2])}",
        5 when TypeName == "UnicodeDecodeError" => UnicodeMessage(),
        _ => PythonText.Repr(Arguments),
    };

    /// <summary>What Python shows as <c>exception.args</c>: of a system error the first two, its file name being an attribute.</summary>
    public PythonTuple Args => IsSystemError && Arguments.Count > 2 ? new PythonTuple(Arguments[0], Arguments[1]) : Arguments;

    internal bool IsSystemError => TypeName is "OSError" or "IOError" or "FileNotFoundError" or "PermissionError" or "IsADirectoryError"
        or "NotADirectoryError" or "FileExistsError" or "ConnectionRefusedError" or "ConnectionResetError" or "BrokenPipeError"
        or "TimeoutError" or "BlockingIOError" or "InterruptedError" or "ProcessLookupError" or "ChildProcessError";

    /// <inheritdoc/>
    public override string ToString() => Message;

    private string UnicodeMessage()
    {
        string codec = PythonText.Str(Arguments[0]);
        string reason = PythonText.Str(Arguments[4]);
        long start = Convert.ToInt64(Arguments[2] as IConvertible ?? 0L, CultureInfo.InvariantCulture);
        long end = Convert.ToInt64(Arguments[3] as IConvertible ?? 0L, CultureInfo.InvariantCulture);
        return end == start + 1 && Arguments[1] is byte[] bytes && start >= 0 && start < bytes.Length
            ? $"'{codec}' codec can't decode byte 0x{bytes[start]:x2} in position {start}: {reason}"
            : $"'{codec}' codec can't decode bytes in position {start}-{end - 1}: {reason}";
    }
}
