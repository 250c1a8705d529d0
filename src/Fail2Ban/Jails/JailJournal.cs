using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Values;

namespace Fail2Ban.Jails;

/// <summary>What a jail reads of the systemd journal: which entries, and from when on.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe.</remarks>
public sealed class JailJournal : JailSource
{
    private const double MicrosecondsPerSecond = 1e6;

    private readonly Log _log;
    private List<IReadOnlyList<string>> _matches = [];
    private Reading? _reading;
    private IReadOnlyList<IReadOnlyList<string>> _subscribed = [];
    private TimeSpan _findTime;

    internal JailJournal(string jail, JailServices services, JailLoop loop, LineReader read, JournalParameters parameters)
        : base(jail, services, loop, read)
    {
        Parameters = parameters;
        _log = services.Log.For(JournalWatcher.Logger);
    }

    /// <summary>Which journal.</summary>
    public JournalParameters Parameters { get; }

    /// <summary>Which entries: alternatives, in the order of their addition; of each, all words must hold. Empty: all entries.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Matches => _matches;

    /// <inheritdoc/>
    public override IReadOnlyList<SourceState> States =>
        [_reading?.Subscription.State ?? new SourceState(JournalWatcher.SourceName, "not started", null, null, null, 0) { LastError = Parameters.Problem() }];

    /// <summary>Wants more entries.</summary>
    /// <param name="words"><c>A=1</c>, <c>B=2</c>, <c>+</c>, <c>C=3</c>.</param>
    /// <returns>Null, or the sentence about a word that is none; nothing is added then.</returns>
    public string? AddMatch(IReadOnlyList<string> words)
    {
        if (!JournalMatch.TryParse(words, out IReadOnlyList<IReadOnlyList<string>>? groups))
        {
            _log.MatchInvalid(words);
            return "Invalid match";
        }

        _matches.AddRange(groups);
        _log.MatchAdded(Jail, words);
        Resubscribe();
        return null;
    }

    /// <summary>Wants an alternative no longer.</summary>
    /// <param name="words">All words of one alternative.</param>
    /// <returns>Null, or the sentence that there is none of these words.</returns>
    public string? RemoveMatch(IReadOnlyList<string> words)
    {
        int index = _matches.FindIndex(group => group.SequenceEqual(words));
        if (index < 0) return $"Match {PythonText.Repr(words)} not found";
        _matches.RemoveAt(index);
        _log.MatchRemoved(Jail, words);
        Resubscribe();
        return null;
    }

    /// <summary>Begins to read: where it stopped the last time, but nothing older than <paramref name="findTime"/>.</summary>
    internal async Task StartAsync(TimeSpan findTime)
    {
        if (_reading is not null) return;
        _findTime = findTime;
        if (_matches.Count == 0) _log.NoMatchSet(Jail);
        StoredPosition? stored = Services.Store is { } store ? await store.FindLogAsync(Jail, JournalWatcher.SourceName) : null;
        if (_reading is null) Subscribe(stored is null ? 0 : (long)Math.Round(stored.Offset * MicrosecondsPerSecond));
    }

    /// <summary>Ends reading and remembers how far it came.</summary>
    internal async Task StopAsync()
    {
        if (_reading is not { } reading) return;
        _reading = null;
        End(reading);
        await StoreAsync(reading);
    }

    /// <summary>Wants what another jail, which was only configured, wants; what was read stays read.</summary>
    internal void TakeOver(JailJournal draft, TimeSpan findTime)
    {
        _findTime = findTime;
        if (_matches.Count == draft._matches.Count && _matches.Zip(draft._matches).All(pair => pair.First.SequenceEqual(pair.Second))) return;
        _matches = draft._matches;
        Resubscribe();
    }

    // An entry's time is kept as the original keeps it: in seconds.
    private protected override StoredPosition ToStored(LogPosition position) => new(position.Offset / MicrosecondsPerSecond, position.FirstLineHash);

    private protected override void CaughtUp(Reading reading) => _log.InOperation(Jail);

    private void Subscribe(long after)
    {
        // One less: what is exactly findtime old is still wanted.
        long notBefore = JournalTime.Of(Services.Time.GetUtcNow() - _findTime) - 1;
        _subscribed = [.. _matches];
        var request = new JournalRequest(Parameters, _subscribed, this) { After = Math.Max(after, notBefore) };
        _reading = Begin(JournalWatcher.SourceName, Services.Journal.Subscribe(request), inOperation: false);
    }

    // Goes on behind the last entry that was worked off; until the end is reached again, dates count as they are.
    private void Resubscribe()
    {
        if (_reading is not { } reading) return;
        if (_subscribed.Count == _matches.Count && _subscribed.Zip(_matches).All(pair => pair.First.SequenceEqual(pair.Second))) return;
        Subscribe(End(reading).Offset);
    }
}
