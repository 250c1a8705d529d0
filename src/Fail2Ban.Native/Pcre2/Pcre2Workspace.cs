using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Pcre2;

/// <summary>What a thread needs to match: room for spans, the limits and one JIT stack, shared by all patterns.</summary>
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
    private nint _data;
    private nuint* _spans;
    private int _pairs;
    private uint _matchLimit;

    /// <summary>Makes a workspace; its maker's thread alone may use it.</summary>
    public Pcre2Workspace() : base(0, ownsHandle: true)
    {
        SetHandle(Pcre2.pcre2_match_context_create_8(0));
        Pcre2.pcre2_set_heap_limit_8(handle, HeapLimitKibibytes);
        _jitStack = Pcre2.pcre2_jit_stack_create_8(JitStackStart, JitStackMost, 0);
        if (_jitStack != 0) Pcre2.pcre2_jit_stack_assign_8(handle, 0, _jitStack);
        GrowSpans(16);
    }

    /// <summary>The workspace of the calling thread.</summary>
    public static Pcre2Workspace Current => s_current ??= new Pcre2Workspace();

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>How many groups of the last match may have taken part: higher ones did not.</summary>
    public int GroupsSet { get; private set; }

    /// <summary>Searches; see pcre2_match(3).</summary>
    /// <param name="code">The pattern.</param>
    /// <param name="subject">
    /// Valid UTF-8 where the pattern is compiled so. Its end is the subject's end; what stands before
    /// <paramref name="start"/> is seen by look-behind.
    /// </param>
    /// <param name="start">Where the search begins, in bytes, on a character.</param>
    /// <param name="matchLimit">PCRE2's match limit.</param>
    public Pcre2Result Match(Pcre2Code code, ReadOnlySpan<byte> subject, int start, uint matchLimit)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)subject.Length);
        if (code.GroupCount >= _pairs) GrowSpans(code.GroupCount + 1);
        if (matchLimit != _matchLimit) SetMatchLimit(matchLimit);
        byte empty = 0;
        int result;
        fixed (byte* bytes = subject)
        {
            byte* first = bytes == null ? &empty : bytes;
            result = code.IsJitCompiled
                ? Pcre2.pcre2_jit_match_8(code.Code, first, (nuint)subject.Length, (nuint)start, Pcre2.PCRE2_NO_UTF_CHECK, _data, handle)
                : Interpret(code, first, subject.Length, start);

            // The stack of machine code is bounded more tightly than the heap: it is no verdict.
            if (result == Pcre2.PCRE2_ERROR_JIT_STACKLIMIT) result = Interpret(code, first, subject.Length, start);
        }

        GC.KeepAlive(code);
        GroupsSet = result;
        return result switch
        {
            > 0 => Pcre2Result.Match,
            Pcre2.PCRE2_ERROR_NOMATCH => Pcre2Result.NoMatch,
            Pcre2.PCRE2_ERROR_MATCHLIMIT => Pcre2Result.MatchLimit,
            _ => Pcre2Result.Failed,
        };
    }

    /// <summary>The span of a group of the last match, in bytes; (-1, -1) where it did not take part.</summary>
    /// <param name="number">0 for the whole match.</param>
    public (int Start, int End) Group(int number) => number < GroupsSet ? ((int)_spans[2 * number], (int)_spans[2 * number + 1]) : (-1, -1);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Pcre2.pcre2_match_data_free_8(_data);
        Pcre2.pcre2_match_context_free_8(handle);
        if (_jitStack != 0) Pcre2.pcre2_jit_stack_free_8(_jitStack);
        return true;
    }

    private int Interpret(Pcre2Code code, byte* subject, int length, int start)
    {
        int result = Pcre2.pcre2_match_8(code.Code, subject, (nuint)length, (nuint)start, Pcre2.PCRE2_NO_UTF_CHECK | Pcre2.PCRE2_NO_JIT, _data, handle);

        // The match data keeps the heap it has used, which may be all of its limit.
        if (code.IsJitCompiled && result <= 0) GrowSpans(_pairs);
        return result;
    }

    private void GrowSpans(int pairs)
    {
        if (_data != 0) Pcre2.pcre2_match_data_free_8(_data);
        _data = Pcre2.pcre2_match_data_create_8((uint)pairs, 0);
        if (_data == 0) throw new InsufficientMemoryException("pcre2_match_data_create: no memory");
        _spans = Pcre2.pcre2_get_ovector_pointer_8(_data);
        _pairs = pairs;
    }

    private void SetMatchLimit(uint limit)
    {
        Pcre2.pcre2_set_match_limit_8(handle, limit);
        _matchLimit = limit;
    }
}
