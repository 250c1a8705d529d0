using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>Every sentence about log files. Wording and severity are part of compatibility.</summary>
internal static class FileLog
{
    // A line as stored may have megabytes; the message is for a person.
    private const int MostBytesShown = 2048;

    internal static void AddedLogFile(this Log log, string path, LogPosition position) =>
        log.Write(LogLevel.Info, $"Added logfile: {PythonText.Repr(path)} (pos = {position.Offset}, hash = {position.FirstLineHash})");

    internal static void RemovedLogFile(this Log log, string path) => log.Write(LogLevel.Info, $"Removed logfile: {PythonText.Repr(path)}");

    internal static void RotationDetected(this Log log, string path, FileStatus now, long position, FileStatus before, string hash, string oldHash) =>
        log.Write(LogLevel.Message, $"Log rotation detected for {path}, reason: ({now.Size}, {position}, {now.Inode}, {before.Inode}, '{hash}', '{oldHash}')");

    internal static void Absent(this Log log, string path, string reason) =>
        log.Write(LogLevel.Message, $"Log absence detected (possibly rotation) for {path}, reason: {reason}");

    internal static void Present(this Log log, string path) => log.Write(LogLevel.Message, $"Log presence detected for file {path}");

    internal static void Undecodable(this Log log, LogLevel level, string path, string encoding, byte[] line)
    {
        log.Write(level, $"Error decoding line from {PythonText.Repr(path)} with {PythonText.Repr(encoding)}.");
        if (!log.IsEnabled(level)) return;
        string shown = PythonText.Repr(line.Length <= MostBytesShown ? line : line[..MostBytesShown]);
        log.Write(level, $"Consider setting logencoding to appropriate encoding for this jail. Continuing to process line ignoring invalid characters: {shown}");
    }

    internal static void TooManyErrors(this Log log, string path) =>
        log.Write(LogLevel.Warning, $"Too many errors. Remove file {PythonText.Repr(path)} from monitoring process");

    internal static void LineCut(this Log log, string path, long offset, int limit) =>
        log.Write(LogLevel.Warning, $"A line of {PythonText.Repr(path)} at offset {offset} is longer than {limit} bytes: the rest of it is skipped");

    internal static void InotifyUnavailable(this Log log, string reason) =>
        log.Write(LogLevel.Warning, $"Log files are polled instead of watched: {reason}");

    internal static void WatchFailed(this Log log, string path, string reason) =>
        log.Write(LogLevel.Warning, $"Log file {PythonText.Repr(path)} is polled instead of watched: {reason}");

    internal static void MorePolled(this Log log, IReadOnlyList<string> paths, int count, string reason) =>
        log.Write(LogLevel.Warning, $"{count} more are polled instead of watched: {PythonText.Repr(paths)}{(count > paths.Count ? " and others" : "")}: {reason}");

    internal static void WatchedAgain(this Log log, string path) => log.Write(LogLevel.Message, $"{PythonText.Repr(path)} is watched now");

    internal static void FewOpenFiles(this Log log, long limit, long kept) => log.Write(LogLevel.Warning,
        $"The limit of open files is {limit}: {kept} log files are kept open, the others are opened whenever they change (raise LimitNOFILE or ulimit -n)");

    internal static void RotatedUnread(this Log log, string path, int count) =>
        log.Write(LogLevel.Message, $"Reading on in what {PythonText.Repr(path)} was before its rotation ({count} file{(count == 1 ? "" : "s")})");

    internal static void RotatedLost(this Log log, string path) =>
        log.Write(LogLevel.Warning, $"{PythonText.Repr(path)} was rotated while nobody read it, and the file it was is not found beside it: its last lines may be missed");

    internal static void EventsLost(this Log log) =>
        log.Write(LogLevel.Warning, $"The kernel dropped inotify events (fs.inotify.max_queued_events): all log files are looked at again");

    internal static void FileFailed(this Log log, string path, Exception failure) =>
        log.Write(LogLevel.Error, $"Failed to follow {PythonText.Repr(path)}: {failure.Message}");
}
