using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources.Files;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Logging;
using Fail2Ban.Paths;
using Fail2Ban.Store;

namespace Fail2Ban.Jails;

/// <summary>The log files that a jail follows, and the patterns by which it finds more.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe.</remarks>
public sealed class JailLogs : JailSource
{
    private const int LongestEncodingName = 100;

    private readonly Filter _filter;
    private readonly Log _log;
    private readonly List<FollowedLog> _logs = [];
    private readonly List<Glob> _globs = [];
    private bool _started;

    internal JailLogs(string jail, JailServices services, JailLoop loop, Filter filter, LineReader read)
        : base(jail, services, loop, read)
    {
        _filter = filter;
        _log = services.Log.For(JailSentences.FilterLogger);
        Encoding = LogEncoding.TryParse("auto", out LogEncoding system, out _) ? system : LogEncoding.Utf8;
    }

    /// <summary>How the bytes of logs become text; for logs added from now on.</summary>
    public LogEncoding Encoding { get; private set; }

    /// <summary>Whether files are looked at regularly instead of being watched (<c>backend = polling</c>).</summary>
    internal bool Polling { get; init; }

    /// <summary>The paths in the order of their addition.</summary>
    public IReadOnlyList<string> Paths => [.. _logs.Select(log => log.Path)];

    /// <summary>The patterns in the order of their addition.</summary>
    public IReadOnlyList<string> Globs => [.. _globs.Select(glob => glob.Pattern)];

    /// <inheritdoc/>
    public override IReadOnlyList<SourceState> States =>
        [.. _logs.Select(log => log.Reading?.Subscription.State ?? new SourceState(log.Path, "not started", null, null, null, 0) { LastError = LogFile.Problem(log.Path) })];

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
        FollowedLog? known = _logs.Find(known => known.Path == path);
        if (known is { IsGivenUp: false }) return null;

        string? problem = LogFile.Problem(path);
        if (problem is not null && !wait) return problem;
        if (known is not null)
        {
            await FollowAnewAsync(known);
            return problem;
        }

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
        Reading? reading = _logs[index].Reading;
        _logs.RemoveAt(index);
        if (reading is not null)
        {
            End(reading);
            Loop.Start(() => StoreAsync(reading)); // at once: it may be added again
        }

        _log.RemovedLog(path);
        return true;
    }

    /// <summary>Follows every file that fits a pattern, from the jail's start on: those that are there and those that come.</summary>
    /// <param name="pattern">A shell pattern.</param>
    /// <param name="fromEnd">Mode <c>tail</c> for the files that are there; what comes later is read whole.</param>
    public void AddGlob(string pattern, bool fromEnd)
    {
        if (_globs.Exists(known => known.Pattern == pattern)) return;
        var glob = new Glob(pattern, fromEnd);
        _globs.Add(glob);
        if (_started) Search(glob);
    }

    /// <summary>Looks for files of a pattern no longer; those that were found stay.</summary>
    /// <returns>False where it was none.</returns>
    public bool RemoveGlob(string pattern)
    {
        int index = _globs.FindIndex(glob => glob.Pattern == pattern);
        if (index < 0) return false;
        _globs[index].Subscription?.Dispose();
        _globs.RemoveAt(index);
        return true;
    }

    /// <summary>Begins to read.</summary>
    internal async Task StartAsync()
    {
        if (_started) return;
        _started = true;
        foreach (FollowedLog log in _logs.ToArray()) await FollowAsync(log);
        foreach (Glob glob in _globs) Search(glob);
    }

    /// <summary>Ends reading and remembers how far it came.</summary>
    internal async Task StopAsync()
    {
        _started = false;
        foreach (Glob glob in _globs)
        {
            glob.Subscription?.Dispose();
            glob.Subscription = null;
        }

        foreach (FollowedLog log in _logs.ToArray())
        {
            if (log.Reading is not { } reading) continue;
            log.Reading = null;
            End(reading);
            await StoreAsync(reading);
        }
    }

    /// <summary>Takes the logs and the encoding of another jail; a log that both have is read on where it is.</summary>
    internal async Task TakeOverAsync(JailLogs draft)
    {
        bool isEncodedOtherwise = Encoding.Name != draft.Encoding.Name;
        Encoding = draft.Encoding;
        foreach (Glob gone in _globs.Where(glob => !draft._globs.Exists(wanted => wanted.Pattern == glob.Pattern)).ToArray()) RemoveGlob(gone.Pattern);
        foreach (FollowedLog gone in _logs.Where(log => !draft.Wants(log.Path)).ToArray()) Remove(gone.Path);
        foreach (FollowedLog log in _logs.ToArray())
            if (isEncodedOtherwise || log.IsGivenUp) await FollowAnewAsync(log);

        foreach (FollowedLog wanted in draft._logs)
        {
            if (_logs.Exists(log => log.Path == wanted.Path)) continue;
            var log = new FollowedLog(wanted.Path, wanted.FromEnd);
            _logs.Add(log);
            if (_started) await FollowAsync(log);
        }

        // In the order of the configuration, as a start would have them; what patterns found follows.
        FollowedLog[] ordered = [.. _logs.OrderBy(log => draft._logs.FindIndex(wanted => wanted.Path == log.Path) is >= 0 and var place ? place : int.MaxValue)];
        _logs.Clear();
        _logs.AddRange(ordered);
        foreach (Glob wanted in draft._globs) AddGlob(wanted.Pattern, wanted.FromEnd);
    }

    private protected override StoredPosition ToStored(LogPosition position) => new(position.Offset, position.FirstLineHash, position.Device, position.Inode);

    private protected override void CaughtUp(Reading reading)
    {
    }

    private bool Wants(string path) => _logs.Exists(log => log.Path == path) || _globs.Exists(glob => PathPattern.Fits(glob.Pattern, path));

    // Goes on where it was; also if it was absent until now, what has come since must not be passed over.
    private async Task FollowAnewAsync(FollowedLog log)
    {
        if (log.Reading is not { } before) return;
        log.Reading = null;
        log.FromEnd = false;
        LogPosition at = End(before);
        await StoreAsync(before); // the new one counts as stored where it begins
        await FollowAsync(log, at is { Inode: 0 } ? null : at);
    }

    private async Task FollowAsync(FollowedLog log, LogPosition? resume = null)
    {
        if (resume is null && Services.Store is { } store)
        {
            if (await store.FindLogAsync(Jail, log.Path) is { } known) resume = new LogPosition((long)known.Offset, known.FirstLineHash, known.Device, known.Inode);
            else await store.AddLogAsync(Jail, log.Path, ToStored(LogFile.Beginning(log.Path)));
        }

        if (log.Reading is not null || !_started || !_logs.Contains(log)) return; // the world went on meanwhile
        var request = new LogFileRequest(log.Path, Encoding, this)
        {
            FromEnd = log.FromEnd,
            Resume = resume,
            Polling = Polling,
            MayBeAbsent = true,
            NotBefore = Services.Time.GetUtcNow() - _filter.FindTime,
            DateOf = line => _filter.Dates.Detect(line.Terminated).Time,
            Gone = _globs.Exists(glob => PathPattern.Fits(glob.Pattern, log.Path)) ? subscription => Loop.Post(_ => Forget(log, subscription), null) : null,
        };
        if (Services.Watcher.TrySubscribe(request, out LogSubscription? subscription, out string? error)) log.Reading = Begin(log.Path, subscription, inOperation: log.FromEnd && subscription.Position.Inode != 0);
        else _log.NotFollowed(log.Path, error);
    }

    private void Search(Glob glob)
    {
        glob.Subscription ??= Services.Watcher.SubscribeToGlob(glob.Pattern, Polling, (path, isNew) => Loop.Run(() => FoundAsync(glob, path, isNew)));
    }

    private async Task FoundAsync(Glob glob, string path, bool isNew)
    {
        if (!_started || glob.Subscription is null) return;
        if (_logs.Find(log => log.Path == path) is { } known)
        {
            if (known.IsGivenUp) await FollowAnewAsync(known); // it is back
            return;
        }

        var log = new FollowedLog(path, glob.FromEnd && !isNew);
        _logs.Add(log);
        await FollowAsync(log);
    }

    // A log with a date in its name does not come back; the pattern finds it if it does.
    private void Forget(FollowedLog log, LogSubscription subscription)
    {
        if (log.Reading?.Subscription != subscription || !_globs.Exists(glob => PathPattern.Fits(glob.Pattern, log.Path))) return;
        Remove(log.Path);
        if (Services.Store is { } store) Loop.Run(() => store.DeleteLogAsync(Jail, log.Path));
    }

    private sealed class FollowedLog(string path, bool fromEnd)
    {
        public string Path => path;

        /// <summary>Whether what is there at first is passed over.</summary>
        public bool FromEnd { get; set; } = fromEnd;

        public Reading? Reading { get; set; }

        /// <summary>Whether it was looked for in vain too often.</summary>
        public bool IsGivenUp => Reading is { Subscription.IsStopped: true };
    }

    private sealed class Glob(string pattern, bool fromEnd)
    {
        public string Pattern => pattern;

        public bool FromEnd => fromEnd;

        public GlobSubscription? Subscription { get; set; }
    }
}
