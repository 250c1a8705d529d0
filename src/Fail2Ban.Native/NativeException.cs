using System.Runtime.InteropServices;

namespace Fail2Ban.Native;

/// <summary>A call of a native library that failed: which call, on what, and the system's words.</summary>
public sealed class NativeException : IOException
{
    /// <summary>Keeps the parts; the message is <c>operation(subject): words; advice</c>.</summary>
    /// <param name="operation">The C name of the call.</param>
    /// <param name="subject">What it was called on; null where there is nothing to name.</param>
    /// <param name="errno">The value of errno.</param>
    /// <param name="advice">Which knob to turn; null where there is none.</param>
    public NativeException(string operation, string? subject, int errno, string? advice = null)
        : base($"{operation}({subject}): {Describe(errno)}{(advice is null ? "" : "; " + advice)}")
    {
        Operation = operation;
        Subject = subject;
        Errno = errno;
        Reason = Describe(errno) + (advice is null ? "" : "; " + advice);
    }

    /// <summary>The C name of the call.</summary>
    public string Operation { get; }

    /// <summary>What it was called on, such as a path.</summary>
    public string? Subject { get; }

    /// <summary>The value of errno; see <see cref="Native.Errno"/>.</summary>
    public int Errno { get; }

    /// <summary>The message without the call and its subject: equal for all that failed for the same reason.</summary>
    public string Reason { get; }

    /// <summary>The system's words for a value of errno: 2 → <c>No such file or directory</c>; see strerror(3).</summary>
    public static string Describe(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    /// <summary>Takes errno of the last import that was declared with <c>SetLastError</c>.</summary>
    public static NativeException FromErrno(string operation, string? subject = null, string? advice = null) =>
        new(operation, subject, Marshal.GetLastPInvokeError(), advice);
}
