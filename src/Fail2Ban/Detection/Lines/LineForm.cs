namespace Fail2Ban.Detection.Lines;

/// <summary>Which way a chunk of lines takes.</summary>
internal enum LineForm
{
    /// <summary>Valid chunks pass as they are.</summary>
    Utf8,

    /// <summary>Chunks without a high bit pass as they are; a byte with it is unreadable.</summary>
    Ascii,

    /// <summary>A table of 256.</summary>
    SingleByte,

    /// <summary>Converted line by line, so that an unreadable byte can't swallow a line end.</summary>
    AnyBytes,
}
