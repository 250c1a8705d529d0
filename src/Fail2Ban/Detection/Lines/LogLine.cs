namespace Fail2Ban.Detection.Lines;

/// <summary>One line on its way through detection.</summary>
/// <remarks>
/// A view into a pooled buffer: valid only until the call it was handed to returns. The bytes are valid UTF-8: the
/// reader has converted the log's encoding and replaced what it could not read by U+FFFD.
/// </remarks>
public readonly ref struct LogLine
{
    /// <summary>A line of a file: its date, if any, stands in the text.</summary>
    /// <param name="terminated">The text and exactly one final <c>\n</c> (a CR before it is already gone).</param>
    public LogLine(ReadOnlySpan<byte> terminated) => Terminated = terminated;

    /// <summary>An entry of the journal: its time is known and is not searched in the text.</summary>
    /// <param name="date">The printed date in front of the text, as it goes into a ticket's matches.</param>
    /// <param name="terminated">What patterns see, and exactly one final <c>\n</c>.</param>
    /// <param name="time">The entry's time.</param>
    public LogLine(ReadOnlySpan<byte> date, ReadOnlySpan<byte> terminated, DateTimeOffset time)
    {
        Date = date;
        Terminated = terminated;
        When = time;
    }

    /// <summary>The text with one final <c>\n</c>: patterns see the line so, and a buffer has it there anyway.</summary>
    public ReadOnlySpan<byte> Terminated { get; }

    /// <summary>The text without the line end.</summary>
    public ReadOnlySpan<byte> Text => Terminated[..^1];

    /// <summary>The printed date of a journal entry; empty for a line of a file.</summary>
    public ReadOnlySpan<byte> Date { get; }

    /// <summary>The time of a journal entry; null for a line of a file.</summary>
    public DateTimeOffset? Time => When.Value;

    internal LineTime When { get; }
}
