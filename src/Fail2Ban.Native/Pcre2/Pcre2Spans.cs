using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Pcre2;

/// <summary>Where the groups of the last match of one pattern stand (PCRE2's match data), so that nothing is copied out of it.</summary>
/// <remarks>Thread safety: none.</remarks>
public sealed unsafe class Pcre2Spans : SafeHandle
{
    private nuint* _pairs;
    private int _room;
    private int _set;

    /// <param name="groups">How many groups the patterns have that it is used with, group 0 not counted; it grows on demand.</param>
    /// <exception cref="InsufficientMemoryException">There is no memory.</exception>
    public Pcre2Spans(int groups) : base(0, ownsHandle: true) => Allocate(groups + 1);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    internal nint Data => handle;

    /// <summary>The span of a group of the last match, in bytes; (-1, -1) where it did not take part, or nothing matched.</summary>
    /// <param name="number">0 for the whole match.</param>
    public (int Start, int End) Group(int number) => (uint)number < (uint)_set ? ((int)_pairs[2 * number], (int)_pairs[2 * number + 1]) : (-1, -1);

    /// <summary>The spans of the last match as PCRE2 writes them, start and end of each group; valid until the next search.</summary>
    public ReadOnlySpan<nuint> Pairs => new(_pairs, 2 * _set);

    internal void Prepare(Pcre2Code code)
    {
        if (code.GroupCount >= _room) Reallocate(code.GroupCount + 1);
    }

    internal void Set(int result) => _set = Math.Max(0, result);

    // The match data keeps the heap that a search without machine code has used, which may be all of its limit.
    internal void Trim() => Reallocate(_room);

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        Pcre2.pcre2_match_data_free_8(handle);
        return true;
    }

    private void Reallocate(int pairs)
    {
        Pcre2.pcre2_match_data_free_8(handle);
        SetHandle(0);
        Allocate(pairs);
    }

    private void Allocate(int pairs)
    {
        SetHandle(Pcre2.pcre2_match_data_create_8((uint)pairs, 0));
        if (IsInvalid) throw new InsufficientMemoryException("pcre2_match_data_create: no memory");
        _pairs = Pcre2.pcre2_get_ovector_pointer_8(handle);
        _room = pairs;
    }
}
