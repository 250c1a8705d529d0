using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>Questions to the name servers of <c>/etc/resolv.conf</c>; see resolver(3).</summary>
public static partial class DnsQuery
{
    private const int C_IN = 1;
    private const int T_TXT = 16;
    private const int HOST_NOT_FOUND = 1;
    private const int TRY_AGAIN = 2;
    private const int NO_RECOVERY = 3;
    private const int NO_DATA = 4;
    private const int LargestMessage = 65535;

    /// <summary>How a question ended.</summary>
    public enum Outcome
    {
        /// <summary>There is an answer.</summary>
        Answered,

        /// <summary>The name does not exist (NXDOMAIN).</summary>
        NoName,

        /// <summary>The name has no such record.</summary>
        NoData,

        /// <summary>No server answered in time, or all failed.</summary>
        TryAgain,

        /// <summary>A server refused, or there is no sense in its answer.</summary>
        Refused,
    }

    /// <summary>Asks for the TXT records of a name; blocks for as long as <c>options timeout attempts</c> say (5 s, twice, each server).</summary>
    /// <param name="name">Absolute, in ASCII.</param>
    /// <param name="message">The server's whole message, as RFC 1035 §4 has it; empty where there is none.</param>
    public static unsafe Outcome Texts(string name, out byte[] message)
    {
        byte[] answer = new byte[LargestMessage];
        int length;
        fixed (byte* room = answer) length = res_query(name, C_IN, T_TXT, room, answer.Length);
        message = length > 0 ? answer[..Math.Min(length, answer.Length)] : [];
        if (length >= 0) return Outcome.Answered;
        return Marshal.ReadInt32(__h_errno_location()) switch
        {
            HOST_NOT_FOUND => Outcome.NoName,
            NO_DATA => Outcome.NoData,
            TRY_AGAIN => Outcome.TryAgain,
            NO_RECOVERY or _ => Outcome.Refused,
        };
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int res_query(string name, int @class, int type, byte* answer, int length);

    // h_errno belongs to the thread, as errno does.
    [LibraryImport("libc")]
    private static partial nint __h_errno_location();
}
