using Fail2Ban.Logging;
using Fail2Ban.Native;
using Fail2Ban.Native.Journal;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>The one view of the journal that all subscriptions share which have reached its end.</summary>
/// <remarks>
/// It shows what any of them wants; each entry is composed once. A subscription whose sink has no room leaves, reads
/// through a view of its own and joins again. Owned by the follower's thread.
/// </remarks>
internal sealed class LiveJournal(JournalParameters parameters, Log log, TimeProvider time) : IDisposable
{
    private const int EntriesATurn = 4096;

    // The library's work for each entry grows with what it has to match; beyond this it is cheaper to look at every entry.
    private const int MostMatchWords = 64;

    private static readonly TimeSpan RetryUnreadable = TimeSpan.FromSeconds(2);

    private readonly List<JournalSubscription> _members = [];
    private MatchTable _table = new();
    private JournalReader? _reader;
    private SafeFileHandle? _events;
    private JournalFileList? _files;

    // The last entry that was read, or the last one there was when the view was opened first.
    private string? _cursor;
    private bool _mayBeAtCursor;
    private bool _toldNoEvents;

    // When files that could not be opened were tried last.
    private long _tried;

    internal IReadOnlyList<JournalSubscription> Members => _members;

    /// <summary>Readable when something happened; null where the library cannot tell.</summary>
    internal SafeFileHandle? Events => _events;

    /// <summary>Counts up whenever files were added or went away.</summary>
    internal int Generation { get; private set; }

    /// <summary>Opens the view if it is not open. Whoever catches up after this sees all that the view will not show.</summary>
    /// <exception cref="NativeException">The journal cannot be opened.</exception>
    internal void Open()
    {
        if (_reader is not null) return;
        _reader = parameters.Open(out _files);
        _tried = time.GetTimestamp();
        Generation++;
        try
        {
            _events = _reader.OpenEvents();
        }
        catch (NativeException failure)
        {
            if (!_toldNoEvents) log.NoEvents(failure.Message);
            _toldNoEvents = true;
        }

        if (_cursor is null)
        {
            _reader.SeekTail();
            if (_reader.Previous()) _cursor = _reader.Cursor;
        }

        Seek();
    }

    internal void Join(IReadOnlyList<JournalSubscription> added)
    {
        foreach (JournalSubscription subscription in added)
        {
            subscription.MaySeeAgain = true;
            _members.Add(subscription);
        }

        Seek();
    }

    /// <summary>Ends a membership; what is wanted stays as it is until the next one joins.</summary>
    internal bool Leave(JournalSubscription subscription)
    {
        subscription.Wanted = null;
        return _members.Remove(subscription);
    }

    /// <summary>Reads what is new.</summary>
    /// <param name="fields">Room to work in.</param>
    /// <param name="text">Room to work in.</param>
    /// <param name="left">Those that had no room are added here; they are no members any more.</param>
    /// <returns>Whether it stopped only to let others have their turn.</returns>
    /// <exception cref="NativeException">The journal cannot be read; <see cref="Fail"/> follows.</exception>
    internal bool Read(EntryFields fields, EntryText text, List<JournalSubscription> left)
    {
        if (_members.Count == 0 || _reader is not { } reader) return false;
        int budget = EntriesATurn, read = 0;
        try
        {
            while (budget > 0 && reader.Next())
            {
                budget--;
                if (_mayBeAtCursor && reader.IsAt(_cursor!)) continue;
                _mayBeAtCursor = false;
                read++;
                fields.Load(reader, _table);
                Distribute(reader, fields, text, left);
            }
        }
        finally
        {
            foreach (JournalSubscription member in _members)
                if (member.Block.Count > 0) member.Deliver(caughtUp: true);
        }

        if (read > 0) _cursor = reader.Cursor;
        if (budget == 0) return true;
        foreach (JournalSubscription member in _members) member.MaySeeAgain = false;
        return false;
    }

    /// <summary>Takes note of what happened to the files.</summary>
    /// <returns>Whether there may be something to read.</returns>
    internal bool Process()
    {
        if (_reader is not { } reader) return false;
        int happened = reader.Process();
        if (happened == JournalReader.SD_JOURNAL_INVALIDATE) Generation++;
        return CheckFiles() || happened != JournalReader.SD_JOURNAL_NOP;
    }

    /// <summary>Opens the present files if they are others than before.</summary>
    /// <returns>Whether they are.</returns>
    internal bool CheckFiles()
    {
        if (_reader is null) return false;
        if (_files is null && _events is not null) return false; // the library sees to it
        if (_files is not null)
        {
            JournalFileList? now = parameters.ListFiles();
            if (now is null || now.Paths.Count == 0) return false;
            if (now.IsSame(_files) && !IsAnotherReadable(_files)) return false;
            log.Reopened(JournalSubscription.Name);
        }

        Close();
        Open();
        return true;
    }

    // A damaged file may stay for ever: it is tried now and then, and not a reason to open everything anew.
    private bool IsAnotherReadable(JournalFileList files)
    {
        if (files.Unreadable.Count == 0 || time.GetElapsedTime(_tried) < RetryUnreadable) return false;
        _tried = time.GetTimestamp();
        return JournalParameters.CanOpenAny(files);
    }

    /// <summary>Something went wrong: what was read since the last noted place will be shown again.</summary>
    internal void Fail()
    {
        Close();
        foreach (JournalSubscription member in _members) member.MaySeeAgain = true;
    }

    /// <summary>Closes the view of nobody; the next one begins at the end there is then.</summary>
    internal void Rest()
    {
        Close();
        _cursor = null;
    }

    public void Dispose() => Close();

    private void Close()
    {
        _events?.Dispose();
        _events = null;
        _reader?.Dispose();
        _reader = null;
    }

    private void Distribute(JournalReader reader, EntryFields fields, EntryText text, List<JournalSubscription> left)
    {
        bool composed = false;
        int gone = left.Count;
        foreach (JournalSubscription member in _members)
        {
            if (member.HasEnded || !_table.Wants(member.Wanted!)) continue;
            if (member.MaySeeAgain && fields.RealTime <= member.LastSeen) continue;
            if (member.Block.Count == 0 && !member.HasCredit())
            {
                member.CatchUp.BeginAt(reader.Cursor);
                left.Add(member);
                continue;
            }

            if (!composed) text.Compose(fields);
            composed = true;
            member.Block.Append(text, fields.RealTime);
            member.LastSeen = fields.RealTime;
            if (member.Block.IsFull) member.Deliver(caughtUp: true);
        }

        for (; gone < left.Count; gone++) Leave(left[gone]);
    }

    private void Seek()
    {
        if (_reader is not { } reader) return;
        _table = new MatchTable();
        reader.FlushMatches();
        foreach (JournalSubscription member in _members) member.Wanted = _table.Add(member.Request.Matches);
        if (_members.TrueForAll(member => member.Request.Matches.Count > 0) && _table.Count <= MostMatchWords)
            foreach (JournalSubscription member in _members) MatchTable.Apply(member.Request.Matches, reader);
        if (_cursor is null) reader.SeekHead();
        else reader.SeekCursor(_cursor);
        _mayBeAtCursor = _cursor is not null;
    }
}
