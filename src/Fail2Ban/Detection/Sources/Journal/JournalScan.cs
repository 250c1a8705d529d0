using Fail2Ban.Detection.Lines;
using Fail2Ban.Native.Journal;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Handles one entry; it is valid during the call.</summary>
/// <param name="entry">The entry.</param>
public delegate void EntryHandler(in LogLine entry);

/// <summary>Reads the journal once from its start to its end, following nothing.</summary>
public static class JournalScan
{
    /// <summary>Reads.</summary>
    /// <param name="parameters">Which journal.</param>
    /// <param name="matches">Which entries: alternatives as of <see cref="JournalMatch"/>; empty means all.</param>
    /// <param name="zone">For the printed dates.</param>
    /// <param name="handle">Called for each entry, in order.</param>
    /// <exception cref="IOException">The journal cannot be read; see <see cref="JournalParameters.Problem"/> for asking first.</exception>
    public static void Read(JournalParameters parameters, IReadOnlyList<IReadOnlyList<string>> matches, TimeZoneInfo zone, EntryHandler handle)
    {
        using JournalReader reader = parameters.Open(out _);
        MatchTable.Apply(matches, reader);
        reader.SeekHead();
        var fields = new EntryFields();
        var text = new EntryText(zone);
        while (reader.Next())
        {
            fields.Load(reader);
            text.Compose(fields);
            ReadOnlySpan<byte> bytes = text.Bytes;
            handle(new LogLine(bytes[..text.DateLength], bytes[text.DateLength..], text.Time));
        }
    }
}
