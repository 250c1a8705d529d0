using System.Text;
using Fail2Ban.Patterns.Syntax;
using Fail2Ban.Patterns.Translation;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>One text that a piece of a pattern takes.</summary>
/// <param name="Text">UTF-8, each byte as the character of that number, so that equal texts are equal.</param>
/// <param name="IgnoreCase">As in <see cref="RequiredLiteral"/>, and so the next.</param>
/// <param name="AsciiSubjectsOnly">As in <see cref="RequiredLiteral"/>.</param>
internal readonly record struct LiteralRun(string Text, bool IgnoreCase, bool AsciiSubjectsOnly)
{
    internal static readonly LiteralRun Empty = new("", false, false);

    /// <returns>Null where no one text stands for the character.</returns>
    internal static LiteralRun? Of(int codePoint, Flags flags)
    {
        bool ignoreCase = flags.HasFlag(Flags.IgnoreCase), ascii = flags.HasFlag(Flags.Ascii);
        if (codePoint < 0x80)
        {
            bool letter = ignoreCase && char.IsAsciiLetter((char)codePoint);
            bool hasSign = letter && !ascii && CaseFolding.SignsOfAsciiLetters.Any(pair => pair.Letter == (codePoint | 0x20));
            return new LiteralRun(((char)codePoint).ToString(), letter, hasSign);
        }

        // Folding beyond ASCII is not worth a table here.
        if ((ignoreCase && !ascii) || !Rune.IsValid(codePoint)) return null;
        Span<byte> utf8 = stackalloc byte[4];
        return new LiteralRun(Encoding.Latin1.GetString(utf8[..new Rune(codePoint).EncodeToUtf8(utf8)]), false, false);
    }

    internal LiteralRun Then(LiteralRun next) =>
        new(Text + next.Text, IgnoreCase || next.IgnoreCase, AsciiSubjectsOnly || next.AsciiSubjectsOnly);

    internal RequiredLiteral ToRequired()
    {
        byte[] text = Encoding.Latin1.GetBytes(Text);
        if (IgnoreCase)
            for (int i = 0; i < text.Length; i++)
                if (text[i] is >= (byte)'A' and <= (byte)'Z') text[i] |= 0x20;
        return new RequiredLiteral(text, IgnoreCase, AsciiSubjectsOnly);
    }
}
