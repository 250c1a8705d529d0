using System.Runtime.InteropServices;
using System.Text;

namespace Fail2Ban.Native.Pcre2;

/// <summary>A compiled pattern of libpcre2-8 with the match data of one user.</summary>
/// <remarks>Thread safety: none; one match at a time.</remarks>
public sealed unsafe class Pcre2Code : SafeHandle
{
    private readonly nint _data;
    private readonly nint _context;
    private readonly nuint* _offsets;

    private Pcre2Code(nint code) : base(0, ownsHandle: true)
    {
        SetHandle(code);
        _data = Pcre2.pcre2_match_data_create_from_pattern_8(code, 0);
        _context = Pcre2.pcre2_match_context_create_8(0);
        _offsets = Pcre2.pcre2_get_ovector_pointer_8(_data);
        uint count;
        Pcre2.pcre2_pattern_info_8(code, Pcre2.PCRE2_INFO_CAPTURECOUNT, &count);
        GroupCount = (int)count;
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>How many capturing groups the pattern has, group 0 not counted.</summary>
    public int GroupCount { get; }

    /// <summary>Compiles with newline LF and the JIT where the kernel allows it.</summary>
    /// <param name="pattern">PCRE2 syntax, UTF-8.</param>
    /// <param name="options">PCRE2_… bits besides NEVER_BACKSLASH_C.</param>
    /// <param name="error">PCRE2's own words where the result is null.</param>
    /// <param name="offset">Where in <paramref name="pattern"/> (bytes) the error was seen.</param>
    public static Pcre2Code? Compile(ReadOnlySpan<byte> pattern, Pcre2Options options, out string error, out int offset)
    {
        nint context = Pcre2.pcre2_compile_context_create_8(0);
        Pcre2.pcre2_set_newline_8(context, Pcre2.PCRE2_NEWLINE_LF);
        fixed (byte* start = pattern)
        {
            byte empty = 0;
            nint code = Pcre2.pcre2_compile_8(start == null ? &empty : start, (nuint)pattern.Length,
                (uint)options | Pcre2.PCRE2_NEVER_BACKSLASH_C, out int number, out nuint position, context);
            Pcre2.pcre2_compile_context_free_8(context);
            offset = (int)position;
            error = code == 0 ? Message(number) : "";
            if (code == 0) return null;
            _ = Pcre2.pcre2_jit_compile_8(code, Pcre2.PCRE2_JIT_COMPLETE);
            return new Pcre2Code(code);
        }
    }

    /// <summary>Searches; see pcre2_match(3).</summary>
    /// <param name="subject">Its end is the subject's end; what stands before <paramref name="start"/> is seen by lookbehind.</param>
    /// <param name="start">Where the search begins, in bytes.</param>
    /// <param name="limit">PCRE2's match limit.</param>
    /// <returns>The number of the highest group set plus one, or a negative PCRE2_ERROR_….</returns>
    public int Match(ReadOnlySpan<byte> subject, int start, uint limit)
    {
        _ = Pcre2.pcre2_set_match_limit_8(_context, limit);
        byte empty = 0;
        fixed (byte* bytes = subject)
            return Pcre2.pcre2_match_8(handle, bytes == null ? &empty : bytes, (nuint)subject.Length, (nuint)start, Pcre2.PCRE2_NO_UTF_CHECK, _data, _context);
    }

    /// <summary>The span of a group of the last match; (-1, -1) where it did not take part.</summary>
    public (int Start, int End) Group(int number) => ((int)_offsets[2 * number], (int)_offsets[2 * number + 1]);

    /// <summary>The names of groups with their numbers.</summary>
    public IReadOnlyList<(string Name, int Number)> GroupNames()
    {
        uint count, size;
        byte* table;
        Pcre2.pcre2_pattern_info_8(handle, Pcre2.PCRE2_INFO_NAMECOUNT, &count);
        Pcre2.pcre2_pattern_info_8(handle, Pcre2.PCRE2_INFO_NAMEENTRYSIZE, &size);
        Pcre2.pcre2_pattern_info_8(handle, Pcre2.PCRE2_INFO_NAMETABLE, &table);
        var names = new List<(string, int)>((int)count);
        for (uint i = 0; i < count; i++, table += size)
            names.Add((Marshal.PtrToStringUTF8((nint)(table + 2))!, (table[0] << 8) | table[1]));
        return names;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Pcre2.pcre2_match_context_free_8(_context);
        Pcre2.pcre2_match_data_free_8(_data);
        Pcre2.pcre2_code_free_8(handle);
        return true;
    }

    private static string Message(int error)
    {
        byte* buffer = stackalloc byte[256];
        int length = Pcre2.pcre2_get_error_message_8(error, buffer, 256);
        return length < 0 ? $"error {error}" : Encoding.UTF8.GetString(buffer, length);
    }
}
