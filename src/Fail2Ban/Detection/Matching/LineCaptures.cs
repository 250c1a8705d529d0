using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>What prefregex and failregex captured of a line, where it stands in the line: for whoever only wants to know who failed.</summary>
/// <remarks>Not where a regex <see cref="CompiledRegex.Derives"/>. A view, valid as long as the line, and until the next search.</remarks>
/// <param name="prefRegex">The prefregex, or null.</param>
/// <param name="regex">The failregex; its groups stand before those of the prefregex.</param>
/// <param name="subject">What they were tried on.</param>
/// <param name="groups">The groups of the failregex.</param>
internal readonly ref struct LineCaptures(CompiledRegex? prefRegex, CompiledRegex regex, FailRegexSubject subject, GroupSpans groups)
{
    private readonly FailRegexSubject _subject = subject;
    private readonly GroupSpans _groups = groups;

    /// <summary>Whether a field was captured and is not empty: what "set" means for flags.</summary>
    public bool IsSet(FieldSlot slot) => TryText(slot, out ReadOnlySpan<byte> text) && text.Length > 0;

    /// <summary>The text of a field.</summary>
    /// <returns>False where it was not captured.</returns>
    public bool TryText(FieldSlot slot, out ReadOnlySpan<byte> text) =>
        regex.TryText(slot, _subject.Text, _groups, out text) || prefRegex?.TryText(slot, _subject.Whole, _subject.Prefix, out text) == true;

    /// <summary>Puts over the fields of a line, or of a connection, on which it depends who failed, or whether somebody did.</summary>
    public void PutOver(Fields fields)
    {
        prefRegex?.CaptureWhatDecides(fields, _subject.Whole, _subject.Prefix);
        regex.CaptureWhatDecides(fields, _subject.Text, _groups);
    }
}
