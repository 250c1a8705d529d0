using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>One file that stands, or stood, behind a followed path.</summary>
/// <remarks>
/// It is held open if the budget allows: what is written to it after a rotation is still read, and its inode can't be
/// used again.
/// </remarks>
internal sealed class OpenLog(SafeFileHandle file, FileStatus status, int incarnation, TimeSpan now, (ulong Device, ulong Inode)? identity = null) : IDisposable
{
    private static readonly TimeSpan CheckLongLine = TimeSpan.FromSeconds(30);

    private long _firstLineLength;
    private TimeSpan _hashRead = now;

    private SafeFileHandle? _file = file;

    /// <summary>Open; not to be asked for while the log rests.</summary>
    internal SafeFileHandle File => _file ?? throw new InvalidOperationException("the log rests");

    /// <summary>Whether the file is closed until it changes.</summary>
    internal bool Rests => _file is null;

    /// <summary>Where <see cref="File"/> begins in the log as it was written: not 0 for the unpacked rest of one.</summary>
    internal long Base { get; init; }

    /// <summary>As of the last look.</summary>
    internal FileStatus Status { get; private set; } = status;

    /// <summary>The first line's hash; empty while it is unknown.</summary>
    internal string Hash { get; private set; } = "";

    internal int Incarnation { get; set; } = incarnation;

    /// <summary>inotify's watch, or -1.</summary>
    internal int Watch { get; set; } = -1;

    /// <summary>When its size last changed, on the watcher's clock.</summary>
    internal TimeSpan LastChange { get; private set; } = now;

    internal List<LogCursor> Cursors { get; } = [];

    /// <summary>Which file it is, for ever.</summary>
    internal (ulong Device, ulong Inode) Identity { get; } = identity ?? (status.Device, status.Inode);

    /// <summary>The place of whoever is farthest behind, in the log as it was written.</summary>
    internal long NearestOffset => Base + (Cursors.Count == 0 ? 0 : Cursors.Min(cursor => cursor.Offset));

    internal long FurthestOffset => Cursors.Count == 0 ? 0 : Cursors.Max(cursor => cursor.Offset);

    internal bool IsReadToEnd => Cursors.TrueForAll(cursor => cursor.AtEnd);

    /// <summary>Reads the first line's hash anew.</summary>
    internal void ReadHash(TimeSpan time)
    {
        Hash = FirstLine.Hash(File, out _firstLineLength);
        _hashRead = time;
    }

    /// <summary>Of a log that is only there in part, whose first line was seen elsewhere.</summary>
    internal void SetHash(string hash) => Hash = hash;

    /// <summary>Whether the file is another one than at the last look.</summary>
    internal bool HasChanged(FileStatus now) => now.Size != Status.Size || now.Modified != Status.Modified;

    /// <summary>Whether the hash is worth a look: not at every change if the first line is a very long one.</summary>
    internal bool ShouldCheckHash(TimeSpan time) =>
        Hash.Length > 0 && (_firstLineLength <= ChunkReader.ChunkSize || time - _hashRead >= CheckLongLine);

    /// <summary>Takes a new status.</summary>
    /// <returns>Whether the file has changed.</returns>
    internal bool Update(FileStatus now, TimeSpan time)
    {
        bool changed = HasChanged(now);
        Status = now;
        if (!changed) return false;
        LastChange = time;
        foreach (LogCursor cursor in Cursors)
        {
            cursor.AtEnd = false;
            if (now.Size < cursor.Searched) cursor.Searched = 0;
        }

        return true;
    }

    /// <summary>Closes the file; it is opened again when it has changed.</summary>
    internal void Rest()
    {
        _file?.Dispose();
        _file = null;
    }

    /// <summary>Goes on with the same file, opened again.</summary>
    internal void Wake(SafeFileHandle opened) => _file = opened;

    public void Dispose() => Rest();
}

/// <summary>How far one subscription is in one file.</summary>
internal sealed class LogCursor(FileSubscription subscription, long offset)
{
    internal FileSubscription Subscription { get; } = subscription;

    internal long Offset { get; set; } = offset;

    /// <summary>There is no line end between <see cref="Offset"/> and this; 0 where that is unknown.</summary>
    internal long Searched { get; set; }

    /// <summary>There is no complete line behind <see cref="Offset"/> as of the last look.</summary>
    internal bool AtEnd { get; set; }
}
