using Fail2Ban.Native;
using Fail2Ban.Native.Journal;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>
/// Reads for one subscription that is not in step with the others, through a view of its own with only its own matches.
/// </summary>
/// <remarks>Owned by the follower's thread.</remarks>
internal sealed class CatchUp(JournalSubscription subscription)
{
    private const int EntriesATurn = 2048;

    // What was received so lately counts as written now, even if the end is never reached.
    private const long Lately = 1_000_000;

    private JournalReader? _reader;
    private string? _cursor;
    private bool _isCursorDone;

    /// <summary>Which set of files was read: as counted by the shared view.</summary>
    internal int Generation { get; private set; }

    /// <summary>When to try again, on the follower's clock.</summary>
    internal TimeSpan Due { get; private set; }

    /// <summary>Begins with this entry instead of the time of the last one.</summary>
    internal void BeginAt(string cursor)
    {
        _cursor = cursor;
        _isCursorDone = false;
    }

    /// <summary>Reads on.</summary>
    /// <param name="fields">Room to work in.</param>
    /// <param name="text">Room to work in.</param>
    /// <param name="generation">Of the files at the moment.</param>
    /// <param name="now">Microseconds since 1970.</param>
    internal CatchUpResult Read(EntryFields fields, EntryText text, int generation, long now)
    {
        if (!subscription.HasCredit()) return CatchUpResult.NoRoom;
        JournalReader reader = _reader ??= Open(generation);
        for (int left = EntriesATurn; left > 0; left--)
        {
            if (!reader.Next())
            {
                if (Generation != generation) return Reopen();
                if (subscription.Block.Count > 0 || !subscription.ToldCaughtUp) subscription.Deliver(caughtUp: true);
                return CatchUpResult.AtEnd;
            }

            if (_cursor is not null && Skips(reader)) continue;
            Take(reader, fields, text);
            bool caughtUp = !subscription.ToldCaughtUp && fields.RealTime >= now - Lately;
            if (!caughtUp && !subscription.Block.IsFull) continue;
            subscription.Deliver(subscription.ToldCaughtUp || caughtUp);
            if (!subscription.HasCredit()) return CatchUpResult.NoRoom;
        }

        if (subscription.Block.Count > 0) subscription.Deliver(subscription.ToldCaughtUp);
        return CatchUpResult.More;
    }

    /// <summary>Closes the view and keeps the place.</summary>
    internal void Park()
    {
        if (_reader is null) return;
        try
        {
            _cursor = _reader.Cursor;
            _isCursorDone = true;
        }
        catch (NativeException)
        {
            // No entry was read through this view: the place that it was opened with still holds.
        }

        Close();
    }

    /// <summary>The journal could not be read: goes on behind what was delivered, after a pause.</summary>
    internal void Fail(TimeSpan due)
    {
        if (subscription.Block.Count > 0) subscription.Deliver(subscription.ToldCaughtUp);
        _cursor = null;
        Due = due;
        Close();
    }

    internal void Close()
    {
        _reader?.Dispose();
        _reader = null;
    }

    private JournalReader Open(int generation)
    {
        JournalReader reader = subscription.Request.Parameters.Open(out _);
        try
        {
            MatchTable.Apply(subscription.Request.Matches, reader);
            if (_cursor is not null) reader.SeekCursor(_cursor);
            else reader.SeekTime(subscription.LastSeen + 1);
            Generation = generation;
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    // Files were added or went away while this one read: its view does not show them.
    private CatchUpResult Reopen()
    {
        if (subscription.Block.Count > 0) subscription.Deliver(subscription.ToldCaughtUp);
        Park();
        return CatchUpResult.More;
    }

    // The first entry behind a seek may be the one that was delivered last.
    private bool Skips(JournalReader reader)
    {
        bool skips = _isCursorDone && reader.IsAt(_cursor!);
        _cursor = null;
        return skips;
    }

    private void Take(JournalReader reader, EntryFields fields, EntryText text)
    {
        fields.Load(reader);
        text.Compose(fields);
        subscription.Block.Append(text, fields.RealTime);
        subscription.LastSeen = fields.RealTime;
    }
}
