using System.Text;

namespace Fail2Ban.Detection.Lines;

/// <summary>How lines of one encoding are found and converted.</summary>
/// <remarks>Immutable; one object for each of Python's codecs, compared by reference.</remarks>
internal sealed class LineCodec
{
    private static readonly byte[] NewlineByte = [(byte)'\n'];

    private LineCodec? _bigEndian;

    private LineCodec(LineForm form, Encoding encoding)
    {
        Form = form;
        Encoding = encoding;
        Newline = form is LineForm.Utf8 or LineForm.Ascii ? NewlineByte : encoding.GetBytes("\n");
        if (form == LineForm.SingleByte) Sequences = [.. Enumerable.Range(0, 256).Select(value => SequenceOf((byte)value))];
        IsAsciiSuperset = Sequences is null ? form != LineForm.AnyBytes : Enumerable.Range(0, 128).All(value => Sequences[value] is [byte only] && only == value);
    }

    internal LineForm Form { get; }

    internal Encoding Encoding { get; }

    /// <summary>The line end's bytes: one, or as many as the encoding's unit has.</summary>
    internal byte[] Newline { get; }

    /// <summary>Whether text of ASCII bytes is the same text in UTF-8.</summary>
    internal bool IsAsciiSuperset { get; }

    /// <summary>The UTF-8 of each byte value; null unless the encoding has one byte a character.</summary>
    internal byte[][]? Sequences { get; }

    /// <summary>Whether a byte order mark in front of a line is no part of it.</summary>
    internal bool DropsMark { get; private init; }

    internal static LineCodec Create(PythonCodec codec)
    {
        if (codec.CodePage == 65001) return new LineCodec(LineForm.Utf8, Encoding.UTF8) { DropsMark = codec.Name == "utf_8_sig" };
        if (codec.CodePage == 20127) return new LineCodec(LineForm.Ascii, Encoding.ASCII);

        // Registering twice is harmless; before the first use of such an encoding there is no need for it.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Encoding encoding = Encoding.GetEncoding(codec.CodePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"));
        var created = new LineCodec(encoding.IsSingleByte ? LineForm.SingleByte : LineForm.AnyBytes, encoding)
        {
            DropsMark = codec.Name is "utf_16" or "utf_32",
        };
        if (created.DropsMark)
        {
            Encoding other = Encoding.GetEncoding(codec.CodePage + 1, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"));
            created._bigEndian = new LineCodec(LineForm.AnyBytes, other) { DropsMark = true };
        }

        return created;
    }

    /// <summary>Takes the byte order from the start of the file; Python's default on our machines is little-endian.</summary>
    internal LineCodec Resolve(ReadOnlySpan<byte> fileStart) =>
        _bigEndian is not null && fileStart.StartsWith(Newline.Length == 2 ? [0xFE, 0xFF] : (ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]) ? _bigEndian : this;

    /// <summary>Whether the byte order must be looked for.</summary>
    internal bool NeedsFileStart => _bigEndian is not null;

    /// <summary>Where the first line ends (behind its line end), or -1.</summary>
    /// <param name="bytes">Begins at a unit of the encoding.</param>
    internal int FirstLineEnd(ReadOnlySpan<byte> bytes)
    {
        for (int from = 0; ;)
        {
            int at = bytes[from..].IndexOf(Newline);
            if (at < 0) return -1;
            at += from;
            if (at % Newline.Length == 0) return at + Newline.Length;
            from = at + 1;
        }
    }

    /// <summary>Where the last complete line ends (behind its line end), or -1.</summary>
    /// <param name="bytes">Begins at a unit of the encoding.</param>
    internal int LastLineEnd(ReadOnlySpan<byte> bytes)
    {
        for (int end = bytes.Length; ;)
        {
            int at = bytes[..end].LastIndexOf(Newline);
            if (at < 0) return -1;
            if (at % Newline.Length == 0) return at + Newline.Length;
            end = at + Newline.Length - 1;
        }
    }

    // Where Python has no character, the framework has one for private use or, in the pages of Windows and DOS, a control.
    private byte[] SequenceOf(byte value)
    {
        string text = Encoding.GetString([value]);
        bool undefined = text[0] is >= '\uF700' and < '\uF8FF'
            || (text[0] is >= '\u0080' and <= '\u009F' && Encoding.CodePage is (>= 1250 and <= 1258) or 864 or 869 or 874);
        return System.Text.Encoding.UTF8.GetBytes(undefined ? "\uFFFD" : text);
    }
}
