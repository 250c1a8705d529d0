using System.Globalization;
using System.Text;

namespace Fail2Ban.RegexTool;

/// <summary>Writes for a terminal: what a log holds can neither move its cursor nor change its settings or title.</summary>
/// <param name="inner">Takes the text; flushed with this one.</param>
/// <param name="useColours">Whether <see cref="WriteColoured"/> gives colours.</param>
internal sealed class TerminalWriter(TextWriter inner, bool useColours) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value)
    {
        if (IsHarmless(value)) inner.Write(value);
        else inner.Write(value < 0x100 ? $"\\x{(int)value:x2}" : $"\\u{(int)value:x4}");
    }

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        int start = 0;
        for (int i = 0; i < buffer.Length; i++)
        {
            if (IsHarmless(buffer[i])) continue;
            inner.Write(buffer[start..i]);
            Write(buffer[i]);
            start = i + 1;
        }

        inner.Write(buffer[start..]);
    }

    public override void Flush() => inner.Flush();

    /// <summary>Writes text in a colour.</summary>
    /// <param name="text">The text; its control characters are shown.</param>
    /// <param name="colour">The number of the terminal's rendition.</param>
    public void WriteColoured(string text, int colour)
    {
        if (useColours) inner.Write($"\e[{colour}m");
        Write(text);
        if (useColours) inner.Write("\e[0m");
    }

    // C0, DEL and C1; and the marks that make text run backwards or hide, by which a line can look like another one.
    private static bool IsHarmless(char value) =>
        value is '\n' or '\t' || !(char.IsControl(value) || value is (>= '\u200B' and <= '\u200F') or (>= '\u2028' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF');
}

/// <summary>Colours for those who write a report without knowing where it goes.</summary>
internal static class TerminalText
{
    private const int Bold = 1;
    private const int Red = 31;
    private const int Green = 32;

    public static void WriteHeading(this TextWriter output, string text) => WriteColoured(output, text, Bold);

    public static void WriteGood(this TextWriter output, string text) => WriteColoured(output, text, Green);

    public static void WriteBad(this TextWriter output, string text) => WriteColoured(output, text, Red);

    private static void WriteColoured(TextWriter output, string text, int colour)
    {
        if (output is TerminalWriter terminal) terminal.WriteColoured(text, colour);
        else output.Write(text);
    }
}
