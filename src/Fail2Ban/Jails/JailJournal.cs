using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Values;

namespace Fail2Ban.Jails;

/// <summary>What a jail reads of the systemd journal: which entries, how far it came, and what the store remembers of that.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe, but entries are accepted from the watcher's thread.</remarks>
public sealed class JailJournal : ILineSink
{
    private const double MicrosecondsPerSecond = 1e6;

    private static readonly TimeSpan StoreInterval = TimeSpan.FromSeconds(10);

    private readonly string _jail;
    private readonly JailServices _services;
    private readonly JailLoop _loop;
    private readonly Action<LineBlock, LogProgress> _process;
    private readonly Log _log;
    private List<IReadOnlyList<string>> _matches = [];
    private LogProgress _progress = new();
    private LogSubscription? _subscription;
    private IReadOnlyList<IReadOnlyList<string>> _subscribed = [];
    private DateTimeOffset _storedAt;
    private TimeSpan _findTime;

    internal JailJournal(string jail, JailServices services, JailLoop loop, Action<LineBlock, LogProgress> process, JournalParameters parameters)
    {
        _jail = jail;
        _services = services;
        _loop = loop;
        _process = process;
        Parameters = parameters;
        _log = services.Log.For(JournalWatcher.Logger);
    }

    /// <summary>Which journal.</summary>
    public JournalParameters Parameters { get; }

    /// <summary>Which entries: alternatives, in the order of their addition; of each, all words must hold. Empty: all entries.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Matches => _matches;

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
        _log.MatchAdded(_jail, words);
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
        _log.MatchRemoved(_jail, words);
        Resubscribe();
        return null;
    }

    /// <summary>Begins to read: where it stopped the last time, but nothing older than <paramref name="findTime"/>.</summary>
    internal async Task StartAsync(TimeSpan findTime)
    {
        if (_subscription is not null) return;
        _findTime = findTime;
        if (_matches.Count == 0) _log.NoMatchSet(_jail);
        StoredPosition? stored = _services.Store is { } store ? await store.FindLogAsync(_jail, JournalWatcher.SourceName) : null;
        if (_subscription is null) Subscribe(stored is null ? 0 : (long)Math.Round(stored.Offset * MicrosecondsPerSecond));
    }

    /// <summary>Ends reading and remembers how far it came.</summary>
    internal async Task StopAsync()
    {
        if (_subscription is not { } subscription) return;
        _subscription = null;
        subscription.Dispose();
        if (subscription.LinesRead > 0) await StoreAsync(subscription.Position);
    }

    /// <summary>Wants what another jail, which was only configured, wants; what was read stays read.</summary>
    internal void TakeOver(JailJournal draft, TimeSpan findTime)
    {
        _findTime = findTime;
        if (_matches.Count == draft._matches.Count && _matches.Zip(draft._matches).All(pair => pair.First.SequenceEqual(pair.Second))) return;
        _matches = draft._matches;
        Resubscribe();
    }

    /// <summary>Called by the watcher on its thread.</summary>
    void ILineSink.Accept(LineDelivery delivery) => _loop.Post(static state =>
    {
        (JailJournal journal, LineDelivery delivery) = ((JailJournal, LineDelivery))state!;
        journal.Take(delivery);
    }, (this, delivery));

    private void Take(LineDelivery delivery)
    {
        using (delivery)
        {
            if (!ReferenceEquals(_subscription, delivery.From)) return; // not followed any more
            _process(delivery.Block, _progress);
            if (delivery.Block.CaughtUp && !_progress.InOperation)
            {
                _progress.InOperation = true;
                _log.InOperation(_jail);
            }
        }

        DateTimeOffset now = _services.Time.GetUtcNow();
        if (now - _storedAt < StoreInterval) return;
        _storedAt = now;
        // The position of now: deliveries that are dropped after a stop count as worked off, too.
        LogPosition position = delivery.From.Position;
        if (delivery.From.LinesRead > 0) _loop.Run(() => StoreAsync(position));
    }

    private void Subscribe(long after)
    {
        // One less: what is exactly findtime old is still wanted.
        long notBefore = JournalTime.Of(_services.Time.GetUtcNow() - _findTime) - 1;
        _subscribed = [.. _matches];
        var request = new JournalRequest(Parameters, _subscribed, this) { After = Math.Max(after, notBefore) };
        _subscription = _services.Journal.Subscribe(request);
    }

    // Goes on behind the last entry that was worked off; until the end is reached again, dates count as they are.
    private void Resubscribe()
    {
        if (_subscription is not { } subscription) return;
        if (_subscribed.Count == _matches.Count && _subscribed.Zip(_matches).All(pair => pair.First.SequenceEqual(pair.Second))) return;
        subscription.Dispose();
        _progress = new LogProgress();
        Subscribe(subscription.Position.Offset);
    }

    private async Task StoreAsync(LogPosition position)
    {
        if (_services.Store is { } store)
            await store.UpdateLogAsync(_jail, JournalWatcher.SourceName, new StoredPosition(position.Offset / MicrosecondsPerSecond, position.FirstLineHash));
    }
}
