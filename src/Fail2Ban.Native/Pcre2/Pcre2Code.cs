using System.Runtime.InteropServices;
using System.Text;

namespace Fail2Ban.Native.Pcre2;

/// <summary>A compiled pattern of libpcre2-8.</summary>
/// <remarks>
/// Thread safety: matching leaves it as it is, so any number of threads may match at once, each with the
/// <see cref="Pcre2Workspace"/> of its own; disposing must come after.
/// </remarks>
public sealed unsafe class Pcre2Code : SafeHandle
{
    // Our translation may add groups to those of the user, whose depth is limited before.
    private const uint ParensNestLimit = 2000;

    private static readonly nint s_compileContext = CreateCompileContext();

    private Pcre2Code(nint code, bool useJit) : base(0, ownsHandle: true)
    {
        SetHandle(code);
        IsJitCompiled = useJit && Pcre2.pcre2_jit_compile_8(code, Pcre2.PCRE2_JIT_COMPLETE) == 0;
        GroupCount = (int)Info(code, Pcre2.PCRE2_INFO_CAPTURECOUNT);
        MinimalLength = (int)Info(code, Pcre2.PCRE2_INFO_MINLENGTH);
        Size = (int)Info(code, Pcre2.PCRE2_INFO_SIZE);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>How many capturing groups the pattern has, group 0 not counted.</summary>
    public int GroupCount { get; }

    /// <summary>No match begins nearer to the end of its subject, in characters; 0 also when it is not known, as with machine code for a pattern that may match anywhere.</summary>
    public int MinimalLength { get; }

    /// <summary>How much memory the library uses for it, in bytes, machine code not counted.</summary>
    public int Size { get; }

    /// <summary>Whether it runs as machine code.</summary>
    public bool IsJitCompiled { get; }

    internal nint Code => handle;

    /// <summary>Compiles with newline LF.</summary>
    /// <param name="pattern">PCRE2 syntax, UTF-8.</param>
    /// <param name="options">PCRE2_… bits besides NEVER_BACKSLASH_C.</param>
    /// <param name="useJit">Make machine code where the library and the kernel allow it.</param>
    /// <param name="error">PCRE2's own words where the result is null.</param>
    /// <param name="offset">Where in <paramref name="pattern"/> (bytes) the error was seen.</param>
    public static Pcre2Code? Compile(ReadOnlySpan<byte> pattern, Pcre2Options options, bool useJit, out string error, out int offset)
    {
        uint bits = (uint)options | Pcre2.PCRE2_NEVER_BACKSLASH_C;
        byte empty = 0;
        fixed (byte* start = pattern)
        {
            byte* text = start == null ? &empty : start;
            nint code = Pcre2.pcre2_compile_8(text, (nuint)pattern.Length, bits, out int number, out nuint position, s_compileContext);
            if (code != 0 && useJit && !IsAnchored(code))
            {
                // Of a search that may begin anywhere, the machine code remembers how far a repetition went in vain and does not
                // try another one that ends there, though it may have begun elsewhere: (?:ab|a).+b is not found in "abbx" (seen with
                // version 10.42). That is one of the optimisations of where to start, which can be refused all together; another one
                // misses (?=b)a?b in "xb".
                Pcre2.pcre2_code_free_8(code);
                code = Pcre2.pcre2_compile_8(text, (nuint)pattern.Length, bits | Pcre2.PCRE2_NO_START_OPTIMIZE, out number, out position, s_compileContext);
            }

            offset = (int)position;
            error = code == 0 ? Message(number) : "";
            return code == 0 ? null : new Pcre2Code(code, useJit);
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Pcre2.pcre2_code_free_8(handle);
        return true;
    }

    // One for the life of the process: it is only read by compilations.
    private static nint CreateCompileContext()
    {
        nint context = Pcre2.pcre2_compile_context_create_8(0);
        Pcre2.pcre2_set_newline_8(context, Pcre2.PCRE2_NEWLINE_LF);
        Pcre2.pcre2_set_parens_nest_limit_8(context, ParensNestLimit);
        return context;
    }

    // Whether a match can begin at the start only, as the library found out.
    private static bool IsAnchored(nint code) => (Info(code, Pcre2.PCRE2_INFO_ALLOPTIONS) & Pcre2.PCRE2_ANCHORED) != 0;

    private static ulong Info(nint code, uint what)
    {
        // Some answers are a uint32_t and some a size_t; the byte order of both platforms lets one place serve both.
        ulong value = 0;
        Pcre2.pcre2_pattern_info_8(code, what, &value);
        return value;
    }

    private static string Message(int error)
    {
        byte* buffer = stackalloc byte[256];
        int length = Pcre2.pcre2_get_error_message_8(error, buffer, 256);
        return length < 0 ? $"error {error}" : Encoding.UTF8.GetString(buffer, length);
    }
}
