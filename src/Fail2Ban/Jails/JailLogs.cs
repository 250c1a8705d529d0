using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Detection.Sources.Files;
using Fail2Ban.Logging;
using Fail2Ban.Store;

namespace Fail2Ban.Jails;

/// <summary>The log files that a jail follows: where it is in each, and what the store remembers of that.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe, but lines are accepted from the watcher's thread.</remarks>
public sealed class JailLogs : ILineSink
{
    private const int LongestEncodingName = 100;

    private static readonly TimeSpan StoreInterval = TimeSpan.FromSeconds(10);

    private readonly string _jail;
    private readonly JailServices _services;
    private readonly JailLoop _loop;
    private readonly Action<LineBlock, LogProgress> _process;
    private readonly Log _log;
    private readonly List<FollowedLog> _logs = [];
    private bool _started;

    internal JailLogs(string jail, JailServices services, JailLoop loop, Action<LineBlock, LogProgress> process)
    {
        _jail = jail;
        _services = services;
        _loop = loop;
        _process = process;
        _log = services.Log.For(JailSentences.FilterLogger);
        Encoding = LogEncoding.TryParse("auto", out LogEncoding system, out _) ? system : LogEncoding.Utf8;
    }

    /// <summary>How the bytes of logs become text; for logs added from now on.</summary>
    public LogEncoding Encoding { get; private set; }

    /// <summary>Whether files are looked at regularly instead of being watched (<c>backend = polling</c>).</summary>
    internal bool Polling { get; init; }

    /// <summary>The paths in the order of their addition.</summary>
    public IReadOnlyList<string> Paths => [.. _logs.Select(log => log.Path)];

    /// <summary>Sets the encoding by a name that Python knows.</summary>
    /// <returns>Null, or the sentence about a name that is unknown.</returns>
    public string? SetEncoding(string name)
    {
        if (name.Length > LongestEncodingName) return $"unknown encoding: a name of {name.Length} characters";
        if (!LogEncoding.TryParse(name, out LogEncoding encoding, out string error)) return error;
        Encoding = encoding;
        _log.Encoding(encoding.Name);
        return null;
    }

    /// <summary>Follows a file, from the jail's start on.</summary>
    /// <param name="path">One file; globs are expanded by the configuration.</param>
    /// <param name="fromEnd">Mode <c>tail</c>: only what is written from now on.</param>
    /// <returns>Null, or why it cannot be read now (it is then waited for, if <paramref name="wait"/>).</returns>
    /// <param name="wait">Whether to keep a file that cannot be read now.</param>
    public async Task<string?> AddAsync(string path, bool fromEnd, bool wait)
    {
        if (_logs.Exists(known => known.Path == path)) return null;

        string? problem = LogFile.Problem(path);
        if (problem is not null && !wait) return problem;
        var log = new FollowedLog(path, fromEnd);
        _logs.Add(log);
        if (_started) await FollowAsync(log);
        return problem;
    }

    /// <summary>Follows a file no longer.</summary>
    /// <returns>False where it was not followed.</returns>
    public bool Remove(string path)
    {
        int index = _logs.FindIndex(log => log.Path == path);
        if (index < 0) return false;
        LogSubscription? subscription = _logs[index].Subscription;
        _logs.RemoveAt(index);
        if (subscription is not null)
        {
            subscription.Dispose();
            _loop.Run(() => StoreAsync(path, subscription.Position)); // it may be added again
        }

        _log.RemovedLog(path);
        return true;
    }

    /// <summary>Begins to read.</summary>
    internal async Task StartAsync()
    {
        if (_started) return;
        _started = true;
        foreach (FollowedLog log in _logs.ToArray()) await FollowAsync(log);
    }

    /// <summary>Ends reading and remembers how far it came.</summary>
    internal async Task StopAsync()
    {
        _started = false;
        foreach (FollowedLog log in _logs)
        {
            if (log.Subscription is not { } subscription) continue;
            log.Subscription = null;
            subscription.Dispose();
            await StoreAsync(log.Path, subscription.Position);
        }
    }

    /// <summary>Takes the logs and the encoding of another jail; a log that both have is read on where it is.</summary>
    internal async Task TakeOverAsync(JailLogs draft)
    {
        bool isEncodedOtherwise = Encoding.Name != draft.Encoding.Name;
        Encoding = draft.Encoding;
        foreach (FollowedLog gone in _logs.Where(log => !draft._logs.Exists(wanted => wanted.Path == log.Path)).ToArray()) Remove(gone.Path);
        if (isEncodedOtherwise)
        {
            foreach (FollowedLog log in _logs.ToArray())
            {
                if (log.Subscription is not { } before) continue;
                log.Subscription = null;
                before.Dispose();
                await FollowAsync(log, before.Position);
            }
        }

        foreach (FollowedLog wanted in draft._logs)
        {
            if (_logs.Exists(log => log.Path == wanted.Path)) continue;
            var log = new FollowedLog(wanted.Path, wanted.FromEnd);
            _logs.Add(log);
            if (_started) await FollowAsync(log);
        }
    }

    /// <summary>Called by the watcher on its thread.</summary>
    void ILineSink.Accept(LineDelivery delivery) => _loop.Post(static state =>
    {
        (JailLogs logs, LineDelivery delivery) = ((JailLogs, LineDelivery))state!;
        logs.Take(delivery);
    }, (this, delivery));

    private void Take(LineDelivery delivery)
    {
        using (delivery)
        {
            FollowedLog? log = _logs.Find(log => ReferenceEquals(log.Subscription, delivery.From));
            if (log is null) return; // not followed any more
            _process(delivery.Block, log.Progress);
            if (delivery.Block.CaughtUp) log.Progress.InOperation = true;
        }

        FollowedLog? read = _logs.Find(log => ReferenceEquals(log.Subscription, delivery.From));
        DateTimeOffset now = _services.Time.GetUtcNow();
        if (read is null || now - read.StoredAt < StoreInterval) return;
        read.StoredAt = now;
        _loop.Run(() => StoreAsync(read.Path, delivery.From.Position));
    }

    private async Task FollowAsync(FollowedLog log, LogPosition? resume = null)
    {
        if (resume is null && _services.Store is { } store)
        {
            string hash = LogFile.FirstLineHash(log.Path);
            StoredPosition? known = await store.AddLogAsync(_jail, log.Path, new StoredPosition(0, hash));
            if (known is not null) resume = new LogPosition((long)known.Offset, known.FirstLineHash);
        }

        if (log.Subscription is not null) return; // followed meanwhile
        var request = new LogFileRequest(log.Path, Encoding, this) { FromEnd = log.FromEnd, Resume = resume, Polling = Polling, MayBeAbsent = true };
        log.Progress.InOperation = log.FromEnd;
        if (_services.Watcher.TrySubscribe(request, out LogSubscription? subscription, out string? error)) log.Subscription = subscription;
        else _log.NotFollowed(log.Path, error);
    }

    private async Task StoreAsync(string path, LogPosition position)
    {
        if (_services.Store is { } store)
            await store.UpdateLogAsync(_jail, path, new StoredPosition(position.Offset, position.FirstLineHash));
    }

    private sealed class FollowedLog(string path, bool fromEnd)
    {
        public string Path => path;

        public bool FromEnd => fromEnd;

        public LogProgress Progress { get; } = new();

        public LogSubscription? Subscription { get; set; }

        public DateTimeOffset StoredAt { get; set; }
    }
}
