using System.Text;
using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns.Syntax;
using Fail2Ban.Patterns.Translation;

namespace Fail2Ban.Patterns;

/// <summary>Tells how much work a pattern makes of a text. Deterministic: it counts steps, and looks at no clock.</summary>
internal sealed class StepCounter : IDisposable
{
    private readonly Pcre2Code _bytes;

    /// <param name="text">Python's dialect.</param>
    /// <param name="multiLine">Python's MULTILINE flag.</param>
    /// <exception cref="PatternException">It cannot be compiled.</exception>
    public StepCounter(string text, bool multiLine)
    {
        TranslatedPattern translated = new ByteWriter().Write(PatternParser.Parse(text, multiLine));
        _bytes = Pcre2Code.Compile(translated.Text, translated.Options | Pcre2Options.AutoCallout, useJit: false, out string error, out int offset)
            ?? throw new SyntaxReader(text).Error(error, translated.IndexOf(offset));
    }

    /// <summary>The steps of a search; one more than <paramref name="most"/> where there would be more.</summary>
    /// <param name="text">ASCII.</param>
    /// <param name="most">When to give up.</param>
    public long Count(ReadOnlySpan<byte> text, long most) =>
        Ascii.IsValid(text) ? Pcre2Steps.Count(_bytes, text, most) : throw new ArgumentException("only ASCII is measured", nameof(text));

    public void Dispose() => _bytes.Dispose();
}
