using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>What prefregex and failregex captured of a line, where it stands in the line: for whoever only wants to know whether somebody failed.</summary>
/// <remarks>A view, valid as long as the line, and until the next search.</remarks>
/// <param name="whole">What the prefregex saw.</param>
/// <param name="text">What the failregex saw; places that are none in <paramref name="whole"/> stand here.</param>
/// <param name="places">By <see cref="FieldSlot"/>, as <see cref="CompiledRegex.PutPlaces"/> has noted them.</param>
internal readonly ref struct LineCaptures(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> text, GroupSpans places)
{
    private readonly ReadOnlySpan<byte> _whole = whole;
    private readonly ReadOnlySpan<byte> _text = text;
    private readonly GroupSpans _places = places;

    /// <summary>Whether a field was captured, be it empty.</summary>
    public bool Has(FieldSlot slot) => _places[(int)slot].Start >= 0;

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(FieldSlot slot) => _places[(int)slot] is var (start, end) && start < end;

    /// <summary>The text of a field.</summary>
    /// <returns>False where it was not captured.</returns>
    public bool TryText(FieldSlot slot, out ReadOnlySpan<byte> text)
    {
        (int start, int end) = _places[(int)slot];
        text = start < 0 ? [] : end <= _whole.Length ? _whole[start..end] : _text[(start - _whole.Length)..(end - _whole.Length)];
        return start >= 0;
    }
}
