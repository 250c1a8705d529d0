namespace Fail2Ban.Detection.Lines;

/// <summary>Where one entry of the journal stands in its block.</summary>
/// <param name="DateStart">Where the printed date begins, in bytes of the block.</param>
/// <param name="TextStart">Where the date ends and the text begins.</param>
/// <param name="End">Behind the text's final <c>\n</c>.</param>
/// <param name="Time">The entry's time.</param>
public readonly record struct JournalEntry(int DateStart, int TextStart, int End, DateTimeOffset Time);
