using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Pcre2;

/// <summary>What a thread needs to match: the limits and one JIT stack, shared by all patterns.</summary>
/// <remarks>Belongs to one thread; a thread's memory is freed by the finaliser after the thread's end.</remarks>
public sealed unsafe class Pcre2Workspace : SafeHandle
{
    // The stack of machine code starts small and grows on demand (pcre2jit(3)).
    private const nuint JitStackStart = 32 * 1024;
    private const nuint JitStackMost = 8 * 1024 * 1024;

    // Bounds pcre2_match() where it runs without machine code.
    private const uint HeapLimitKibibytes = 32 * 1024;

    [ThreadStatic]
    private static Pcre2Workspace? s_current;

    private readonly nint _jitStack;
    private uint _matchLimit;

    /// <summary>Makes a workspace; its maker's thread alone may use it.</summary>
    public Pcre2Workspace() : base(0, ownsHandle: true)
    {
        SetHandle(Pcre2.pcre2_match_context_create_8(0));
        Pcre2.pcre2_set_heap_limit_8(handle, HeapLimitKibibytes);
        _jitStack = Pcre2.pcre2_jit_stack_create_8(JitStackStart, JitStackMost, 0);
        if (_jitStack != 0) Pcre2.pcre2_jit_stack_assign_8(handle, 0, _jitStack);
    }

    /// <summary>The workspace of the calling thread.</summary>
    public static Pcre2Workspace Current => s_current ??= new Pcre2Workspace();

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Searches; see pcre2_match(3).</summary>
    /// <param name="code">The pattern.</param>
    /// <param name="spans">Where the groups are put.</param>
    /// <param name="subject">
    /// Valid UTF-8 where the pattern is compiled so. Its end is the subject's end; what stands before
    /// <paramref name="start"/> is seen by look-behind.
    /// </param>
    /// <param name="start">Where the search begins, in bytes, on a character.</param>
    /// <param name="matchLimit">PCRE2's match limit.</param>
    public Pcre2Result Match(Pcre2Code code, Pcre2Spans spans, ReadOnlySpan<byte> subject, int start, uint matchLimit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)subject.Length);
        spans.Prepare(code);
        if (matchLimit != _matchLimit) SetMatchLimit(matchLimit);
        byte empty = 0;
        int result;
        fixed (byte* bytes = subject)
        {
            byte* first = bytes == null ? &empty : bytes;
            result = code.IsJitCompiled
                ? Pcre2.pcre2_jit_match_8(code.Code, first, (nuint)subject.Length, (nuint)start, Pcre2.PCRE2_NO_UTF_CHECK, spans.Data, handle)
                : Interpret(code, spans, first, subject.Length, start);

            // The stack of machine code is bounded more tightly than the heap: it is no verdict.
            if (result == Pcre2.PCRE2_ERROR_JIT_STACKLIMIT) result = Interpret(code, spans, first, subject.Length, start);
        }

        GC.KeepAlive(code);
        spans.Set(result);
        return result switch
        {
            > 0 => Pcre2Result.Match,
            Pcre2.PCRE2_ERROR_NOMATCH => Pcre2Result.NoMatch,
            Pcre2.PCRE2_ERROR_MATCHLIMIT => Pcre2Result.MatchLimit,
            _ => Pcre2Result.Failed,
        };
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Pcre2.pcre2_match_context_free_8(handle);
        if (_jitStack != 0) Pcre2.pcre2_jit_stack_free_8(_jitStack);
        return true;
    }

    private int Interpret(Pcre2Code code, Pcre2Spans spans, byte* subject, int length, int start)
    {
        int result = Pcre2.pcre2_match_8(code.Code, subject, (nuint)length, (nuint)start, Pcre2.PCRE2_NO_UTF_CHECK | Pcre2.PCRE2_NO_JIT, spans.Data, handle);
        if (code.IsJitCompiled && result <= 0) spans.Trim();
        return result;
    }

    private void SetMatchLimit(uint limit)
    {
        Pcre2.pcre2_set_match_limit_8(handle, limit);
        _matchLimit = limit;
    }
}
