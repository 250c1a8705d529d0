using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Jails;

/// <summary>One jail: its logs, its filter, the failures that it counts and the bans that follow.</summary>
/// <remarks>
/// An actor: all state is owned by its loop. From outside, everything goes through <see cref="InvokeAsync{T}(Func{Jail, T})"/>;
/// the parts that it hands out (<see cref="Filter"/>, <see cref="Bans"/>, …) may be touched only there.
/// </remarks>
public sealed class Jail
{
    // Firewall names are made of the jail's name; iptables allows 28 characters, of which "f2b-" takes four.
    private const int LongName = 26;
    private const int MaximumErrors = 100;
    private const string SystemdBackend = "systemd";

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromSeconds(5);

    private readonly JailServices _services;
    private readonly JailLoop _loop;
    private readonly Log _log;
    private readonly Log _filterLog;
    private readonly List<Failure> _found = [];
    private DateTimeOffset _purgedAt;
    private int _errors;
    private bool _isIdle;
    private bool _started;

    /// <summary>A jail that does nothing yet.</summary>
    /// <param name="name">Unique in the server.</param>
    /// <param name="backend">As <c>statistics</c> shows it: <c>pyinotify</c>, <c>polling</c> or <c>systemd</c>.</param>
    /// <param name="services">What all jails share.</param>
    /// <param name="journal">Which journal it reads; only with backend <c>systemd</c>.</param>
    public Jail(string name, string backend, JailServices services, JournalParameters? journal = null)
    {
        Name = name;
        Backend = backend;
        _services = services;
        _log = services.Log.For(JailSentences.JailLogger);
        _filterLog = services.Log.For(JailSentences.FilterLogger);
        _loop = new JailLoop(_log, name);
        Filter = new Filter(name, services.Time, _filterLog) { TellsHits = false };
        Ignore = new IgnoreChecks(services);
        Bans = new JailBans(name, services, _loop, Counters);
        Logs = new JailLogs(name, services, _loop, Filter, ReadBlock) { Polling = backend == "polling" };
        if (backend == SystemdBackend) Journal = new JailJournal(name, services, _loop, ReadBlock, journal ?? new JournalParameters());
        Failures.MaxRetry = 3;
        Failures.MaxMatches = 5;
        SetFindTime(TimeSpan.FromMinutes(10));
        Bans.Manager.BanTime = new(600);
    }

    /// <summary>The jail's name.</summary>
    public string Name { get; }

    /// <summary>How its logs are read.</summary>
    public string Backend { get; }

    /// <summary>Lines to failures.</summary>
    public Filter Filter { get; }

    /// <summary>Failures to tickets.</summary>
    public FailureTracker Failures { get; } = new();

    /// <summary>Who is never banned.</summary>
    public IgnoreChecks Ignore { get; }

    /// <summary>Tickets to bans, and their end.</summary>
    public JailBans Bans { get; }

    /// <summary>The logs.</summary>
    public JailLogs Logs { get; }

    /// <summary>What it reads of the journal; null unless its backend is <c>systemd</c>.</summary>
    public JailJournal? Journal { get; }

    /// <summary>How each of its sources stands.</summary>
    public IReadOnlyList<SourceState> Sources => Journal?.States ?? Logs.States;

    /// <summary>Whether lines wait unread; bans go on and end in time.</summary>
    public bool Idle
    {
        get => _isIdle;
        set
        {
            _isIdle = value;
            if (value) return;
            Logs.Resume();
            Journal?.Resume();
        }
    }

    /// <summary>Does something with the jail's parts, in its loop.</summary>
    public Task<T> InvokeAsync<T>(Func<Jail, T> work) => _loop.InvokeAsync(() => work(this));

    /// <summary>Does something with the jail's parts, in its loop; what it awaits comes back there.</summary>
    public Task<T> InvokeAsync<T>(Func<Jail, Task<T>> work) => _loop.InvokeAsync(() => work(this));

    /// <summary>Tells the log that there is a new jail.</summary>
    internal void Announce()
    {
        _log.Creating(Name);
        if (Name.Length >= LongName) _log.NameTooLong(Name);
        _log.Uses(Name, Backend, Journal?.Parameters.ToString() ?? "{}");
        _log.Initiated(Backend);
    }

    /// <summary>Begins to work: starts the actions, brings stored bans back, reads the logs. Starting again changes nothing.</summary>
    public Task StartAsync() => InvokeAsync(async jail =>
    {
        if (_started) return true;
        _started = true;
        await Bans.Actions.StartAsync();
        await Bans.RestoreAsync(Ignore);
        await Ignore.PrepareAsync();
        await Logs.StartAsync();
        if (Journal is not null) await Journal.StartAsync(Failures.FindTime);
        _log.Started(Name);
        return true;
    });

    /// <summary>Stops reading, takes the bans out of force and stops the actions. The store keeps the bans for the next start.</summary>
    public Task StopAsync() => InvokeAsync(async jail =>
    {
        await Logs.StopAsync();
        if (Journal is not null) await Journal.StopAsync();
        if (_started)
        {
            await Bans.RepealAsync();
            await Bans.Actions.StopAsync();
        }

        await Bans.Actions.EndAsync();
        _started = false;
        Bans.Dispose();
        Logs.Dispose();
        Journal?.Dispose();
        Filter.Dispose();
        if (_services.Store is { } store) await store.DisableJailAsync(Name);
        _log.Stopped(Name);
        return true;
    });

    /// <summary>Bans by hand.</summary>
    /// <returns>How many were not banned before; complete when they are enforced.</returns>
    public Task<int> BanAsync(IReadOnlyList<string> ids) => InvokeAsync(async jail =>
    {
        bool[] added = await Task.WhenAll(ids.Select(id => Bans.BanByHandAsync(FailureId.Parse(id))));
        return added.Count(isNew => isNew);
    });

    /// <summary>Ends bans by hand.</summary>
    /// <returns>How many bans ended, and which of the texts had none.</returns>
    public Task<(int Count, IReadOnlyList<string> Absent)> UnbanAsync(IReadOnlyList<string> ids) =>
        InvokeAsync<(int, IReadOnlyList<string>)>(async jail =>
        {
            int[] ended = await Task.WhenAll(ids.Select(Bans.UnbanAsync));
            return (ended.Sum(), [.. ids.Where((_, index) => ended[index] == 0)]);
        });

    /// <summary>Ends all bans.</summary>
    public Task<int> UnbanAllAsync() => InvokeAsync(async jail =>
    {
        int count = await Bans.UnbanAllAsync();
        return count;
    });

    /// <summary>Counts a failure that something outside saw (<c>set J attempt</c>).</summary>
    /// <returns>Whether it was counted: false where the id is ignored.</returns>
    public Task<bool> AttemptAsync(string id, IReadOnlyList<string> messages) => InvokeAsync(async jail =>
    {
        DateTimeOffset now = _services.Time.GetUtcNow();
        var failure = new Failure(FailureId.Parse(id), null, null, now,
            [.. messages.Select(message => new MatchedLine("", "", message))], FailureData.Empty);
        _filterLog.Attempt(Name, failure.Id, now, _services.Time.LocalTimeZone);
        return await CountAsync(failure.Id, null, failure, Math.Max(1, messages.Count), attempt: true);
    });

    /// <summary>
    /// Takes over all settings of a jail that was only configured, which is spent then. Bans, counters and positions in
    /// logs stay; actions and logs that are the same are not touched, others are started and stopped.
    /// </summary>
    /// <remarks>Between two lines there is no moment in which the jail has half of its settings.</remarks>
    internal async Task TakeOverAsync(Jail draft)
    {
        await InvokeAsync(async jail =>
        {
            Filter.TakeOver(draft.Filter);
            Ignore.TakeOver(draft.Ignore);
            Failures.MaxRetry = draft.Failures.MaxRetry;
            Failures.MaxMatches = draft.Failures.MaxMatches;
            SetFindTime(draft.Failures.FindTime);
            Bans.TakeOverTimes(draft.Bans); // what the new filter finds is banned for the new time
            await Logs.TakeOverAsync(draft.Logs);
            if (draft.Journal is not null) Journal?.TakeOver(draft.Journal, Failures.FindTime);
            await Bans.TakeOverAsync(draft.Bans, _started);
            Idle = draft.Idle; // last: lines that waited are read at once
            return true;
        });
        await draft.DiscardAsync();
    }

    /// <summary>Ends a jail that was never started.</summary>
    internal Task DiscardAsync() => InvokeAsync(jail =>
    {
        Bans.Dispose();
        Logs.Dispose();
        Journal?.Dispose();
        Filter.Dispose();
        return Bans.Actions.EndAsync().ContinueWith(static _ => true, TaskScheduler.Default);
    });

    /// <summary>Sets <c>findtime</c> for counting and for how old a line may be.</summary>
    public void SetFindTime(TimeSpan value)
    {
        Failures.FindTime = value;
        Filter.FindTime = value;
    }

    /// <summary>A time as the log and <c>get banip --with-time</c> print it: local, to the second.</summary>
    public string Local(DateTimeOffset time) => JailSentences.Local(time, _services.Time.LocalTimeZone);

    private int ReadBlock(LineBlock block, LogProgress progress, int from)
    {
        if (_isIdle) return from;
        Filter.BeginBlock();
        int read = block.IsOfFile ? ReadLines(block.Bytes, progress, from) : ReadEntries(block, progress, from);
        Filter.EndBlock();
        DateTimeOffset now = _services.Time.GetUtcNow();
        if (now >= _purgedAt && now - _purgedAt < PurgeInterval) return read; // the clock may have been set back
        _purgedAt = now;
        Failures.Purge(now);
        return read;
    }

    // Both: from a line of the block on, until the jail becomes idle; the result is the number of the next line.
    private int ReadEntries(LineBlock block, LogProgress progress, int from)
    {
        int number = 0;
        foreach (LogLine line in block)
        {
            if (number++ < from) continue;
            ReadLine(line, progress);
            if (_isIdle) break;
        }

        return number;
    }

    private int ReadLines(ReadOnlySpan<byte> lines, LogProgress progress, int from)
    {
        int clear = 0, number = 0;
        for (int start = 0, end; start < lines.Length && !_isIdle; start = end)
        {
            if (number >= from)
            {
                end = Filter.PassOver(lines, start, ref clear, ref number);
                if (end > start) continue;
            }

            end = start + lines[start..].IndexOf((byte)'\n') + 1;
            if (number++ >= from) ReadLine(new LogLine(lines[start..end]), progress);
        }

        return number;
    }

    private void ReadLine(in LogLine line, LogProgress progress)
    {
        try
        {
            Filter.Process(line, progress, _found);
            _errors /= 2;
        }
        catch (Exception error)
        {
            _filterLog.LineFailed(Encoding.UTF8.GetString(line.Text), error);
            if (++_errors >= MaximumErrors)
            {
                _filterLog.TooManyErrors(_errors);
                _isIdle = true;
                _errors /= 2;
            }
        }

        if (_found.Count == 0) return;
        foreach (Failure failure in _found) _loop.Start(() => TakeAsync(failure));
        _found.Clear();
    }

    // Whatever has to wait for DNS or a command parks only this failure; the lines behind it go on.
    private async Task TakeAsync(Failure failure)
    {
        if (failure.Host is null)
        {
            await CountAsync(failure.Id, failure.Address, failure, 1);
            return;
        }

        IReadOnlyList<IpRange> addresses = await _services.Resolver.ResolveAsync(failure.Host);
        if (addresses.Count > 0 && Filter.UseDns == UseDns.Warn) _filterLog.HostResolved(failure.Host, addresses);
        foreach (IpRange address in addresses) await CountAsync(FailureId.Of(address), null, failure, 1);
    }

    private async Task<bool> CountAsync(FailureId id, FailureId? address, Failure failure, int retries, bool attempt = false)
    {
        if (await Ignore.FindReasonAsync(id, failure) is { } reason)
        {
            _filterLog.Ignored(Name, id, reason);
            return false;
        }

        if (!attempt) _filterLog.Found(Name, id, failure.Time, _services.Time.LocalTimeZone);
        Ticket? ticket = Failures.Add(id, address, failure, retries);
        int previous = 0;
        if (ticket is null) (ticket, previous) = await CountKnownBadAsync(id, failure);
        if (ticket is not null) await Bans.BanAsync(ticket, previous);
        return true;
    }

    // Who was banned before is given less patience (bantime.increment).
    private async Task<(Ticket? Ticket, int Bans)> CountKnownBadAsync(FailureId id, Failure failure)
    {
        if (!Bans.Increment.Enabled || _services.Store is not { } store) return default;
        BanHistory? history = await store.HistoryAsync(Name, id.ToString());
        if (history is null || failure.Time <= history.LastBegin) return default;
        double weight = KnownBad.Weight(history.Count, Failures.MaxRetry);
        if (weight <= 1) return default;
        Ticket? ticket = Failures.AddRetries(id, (int)weight - 1);
        _services.Log.For(JailSentences.ObserverLogger)
            .FoundBad(Name, id, failure.Time, _services.Time.LocalTimeZone, history.Count, weight, weight >= Failures.MaxRetry);
        return (ticket, history.Count);
    }

    // Read from elsewhere, by the tags of actions: each is one number.
    private JailCounters Counters() => new JailCounters(Bans.Manager.Current, (int)Bans.Manager.Total, Failures.Current, (int)Failures.Total);
}
