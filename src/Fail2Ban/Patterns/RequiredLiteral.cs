namespace Fail2Ban.Patterns;

/// <summary>A text that a subject must contain, as a prefilter looks for it.</summary>
/// <param name="Text">UTF-8, never empty; its ASCII letters in lower case where <paramref name="IgnoreCase"/> is set.</param>
/// <param name="IgnoreCase">ASCII letters of the subject count without regard to case.</param>
/// <param name="AsciiSubjectsOnly">
/// The text is only required of subjects that are ASCII throughout: without case, Python lets the signs
/// U+017F, U+212A, U+0130 and U+0131 stand for s, k and i.
/// </param>
public sealed record RequiredLiteral(ReadOnlyMemory<byte> Text, bool IgnoreCase, bool AsciiSubjectsOnly)
{
    /// <summary>Whether a text is a literal without regard to the case of ASCII letters; bytes above ASCII are compared as they are.</summary>
    /// <param name="text">As long as the literal.</param>
    /// <param name="literal">In lower case.</param>
    internal static bool EqualsLower(ReadOnlySpan<byte> text, ReadOnlySpan<byte> literal)
    {
        for (int i = 0; i < literal.Length; i++)
            if (Lower(text[i]) != literal[i]) return false;
        return true;
    }

    /// <summary>A letter of ASCII in lower case; any other number as it is.</summary>
    internal static int Lower(int value) => value is >= 'A' and <= 'Z' ? value | 0x20 : value;
}
