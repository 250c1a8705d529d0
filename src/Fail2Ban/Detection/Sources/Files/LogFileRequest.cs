using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>What a jail wants of one log file.</summary>
/// <param name="Path">Absolute, or relative to the working directory; reported as it stands here.</param>
/// <param name="Encoding">How its bytes become text.</param>
/// <param name="Sink">Who gets the lines.</param>
public sealed record LogFileRequest(string Path, LogEncoding Encoding, ILineSink Sink)
{
    /// <summary>Begin behind the last line that is there now (mode <c>tail</c>).</summary>
    public bool FromEnd { get; init; }

    /// <summary>
    /// What the database remembers. If the file's first line is another one, the file that it was is looked for beside it
    /// and read to its end first.
    /// </summary>
    public LogPosition? Resume { get; init; }

    /// <summary>
    /// Skip by bisection what is older than this; null reads everything. Needs <see cref="DateOf"/>.
    /// </summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>
    /// The jail's date detector for <see cref="NotBefore"/>. Called only before the first delivery: while
    /// <see cref="FileWatcher.TrySubscribe"/> runs, on its caller's thread.
    /// </summary>
    public LineDate? DateOf { get; init; }

    /// <summary>Look at the file's status every so often instead of using inotify (<c>backend = polling</c>).</summary>
    public bool Polling { get; init; }

    /// <summary>Wait for the file if it is absent or may not be read now; otherwise that is an error of the subscription.</summary>
    public bool MayBeAbsent { get; init; }

    /// <summary>Told once, on the watcher's thread, when the file has been deleted for a minute; it is still waited for.</summary>
    public Action<LogSubscription>? Gone { get; init; }
}

/// <summary>Reads the date of one line; null where it has none.</summary>
public delegate DateTimeOffset? LineDate(LogLine line);
