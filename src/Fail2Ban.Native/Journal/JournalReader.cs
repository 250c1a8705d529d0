using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Journal;

/// <summary>One view of the journal: which files, which entries, and a place in them; see sd-journal(3).</summary>
/// <remarks>Thread safety: none; may change threads between calls.</remarks>
public sealed unsafe class JournalReader : IDisposable
{
#pragma warning disable CS1591 // C's own names
    public const int SD_JOURNAL_LOCAL_ONLY = 1;
    public const int SD_JOURNAL_RUNTIME_ONLY = 2;
    public const int SD_JOURNAL_SYSTEM = 4;
    public const int SD_JOURNAL_CURRENT_USER = 8;
    public const int SD_JOURNAL_NOP = 0;
    public const int SD_JOURNAL_APPEND = 1;
    public const int SD_JOURNAL_INVALIDATE = 2;
#pragma warning restore CS1591

    // From systemd 246 on; the older function stops at the first field that it cannot unpack.
    private static readonly Lazy<bool> s_enumeratesAvailable = new(() => JournalLibrary.Has("sd_journal_enumerate_available_data"));

    private readonly JournalHandle _handle;

    private JournalReader(nint journal) => _handle = new JournalHandle(journal);

    /// <summary>Opens the host's journal.</summary>
    /// <param name="flags">SD_JOURNAL_….</param>
    /// <exception cref="NativeException">It cannot be opened.</exception>
    public static JournalReader Open(int flags) => new(Opened("sd_journal_open", null, JournalCalls.sd_journal_open(out nint journal, flags), journal));

    /// <summary>Opens a journal namespace.</summary>
    /// <param name="name">The namespace.</param>
    /// <param name="flags">SD_JOURNAL_….</param>
    /// <exception cref="NativeException">It cannot be opened, or the library is older than 245.</exception>
    public static JournalReader OpenNamespace(string name, int flags)
    {
        if (!JournalLibrary.Has("sd_journal_open_namespace"))
            throw new NativeException("sd_journal_open_namespace", name, ENOSYS, "namespaces need systemd 245 or newer");
        return new(Opened("sd_journal_open_namespace", name, JournalCalls.sd_journal_open_namespace(out nint journal, name, flags), journal));
    }

    /// <summary>Opens all journal files of a directory and of those in it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="flags">0, SD_JOURNAL_SYSTEM or SD_JOURNAL_CURRENT_USER.</param>
    /// <exception cref="NativeException">It cannot be opened.</exception>
    public static JournalReader OpenDirectory(string path, int flags) =>
        new(Opened("sd_journal_open_directory", path, JournalCalls.sd_journal_open_directory(out nint journal, path, flags), journal));

    /// <summary>Opens certain files; files that come later are not noticed.</summary>
    /// <param name="paths">At least one.</param>
    /// <exception cref="NativeException">One of them cannot be opened.</exception>
    public static JournalReader OpenFiles(IReadOnlyList<string> paths)
    {
        byte** list = stackalloc byte*[paths.Count + 1];
        try
        {
            for (int i = 0; i < paths.Count; i++) list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(paths[i]);
            list[paths.Count] = null;
            return new(Opened("sd_journal_open_files", string.Join(' ', paths), JournalCalls.sd_journal_open_files(out nint journal, list, 0), journal));
        }
        finally
        {
            for (int i = 0; i < paths.Count; i++) Marshal.FreeCoTaskMem((nint)list[i]);
        }
    }

    /// <summary>Wants entries that have this field; see sd_journal_add_match(3).</summary>
    /// <param name="match"><c>FIELD=value</c>.</param>
    /// <exception cref="NativeException">EINVAL: that is no match.</exception>
    public void AddMatch(ReadOnlySpan<byte> match)
    {
        fixed (byte* data = match) Check("sd_journal_add_match", JournalCalls.sd_journal_add_match(_handle, data, (nuint)match.Length), Encoding.UTF8.GetString(match));
    }

    /// <summary>What is matched from now on is an alternative to what was matched so far.</summary>
    public void AddDisjunction() => Check("sd_journal_add_disjunction", JournalCalls.sd_journal_add_disjunction(_handle));

    /// <summary>Every entry is wanted again. Seek afterwards.</summary>
    public void FlushMatches() => JournalCalls.sd_journal_flush_matches(_handle);

    /// <summary>Fields that are kept compressed are unpacked only so far.</summary>
    public void SetDataThreshold(int bytes) => Check("sd_journal_set_data_threshold", JournalCalls.sd_journal_set_data_threshold(_handle, (nuint)bytes));

    /// <summary>The next <see cref="Next"/> gives the first entry.</summary>
    public void SeekHead() => Check("sd_journal_seek_head", JournalCalls.sd_journal_seek_head(_handle));

    /// <summary>The next <see cref="Previous"/> gives the last entry.</summary>
    public void SeekTail() => Check("sd_journal_seek_tail", JournalCalls.sd_journal_seek_tail(_handle));

    /// <summary>The next <see cref="Next"/> gives the first entry that was received at this time or later.</summary>
    /// <param name="microseconds">Since 1970.</param>
    public void SeekTime(long microseconds) =>
        Check("sd_journal_seek_realtime_usec", JournalCalls.sd_journal_seek_realtime_usec(_handle, (ulong)Math.Max(0, microseconds)));

    /// <summary>The next <see cref="Next"/> gives the entry of this cursor, or what follows where it is gone or not wanted.</summary>
    public void SeekCursor(string cursor) => Check("sd_journal_seek_cursor", JournalCalls.sd_journal_seek_cursor(_handle, cursor), cursor);

    /// <summary>Whether the present entry is the one of this cursor.</summary>
    public bool IsAt(string cursor) => JournalCalls.sd_journal_test_cursor(_handle, cursor) > 0;

    /// <summary>The present entry's cursor: its name for ever.</summary>
    public string Cursor
    {
        get
        {
            Check("sd_journal_get_cursor", JournalCalls.sd_journal_get_cursor(_handle, out nint text));
            string cursor = Marshal.PtrToStringUTF8(text) ?? "";
            JournalCalls.free(text);
            return cursor;
        }
    }

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="NativeException">The journal is damaged or cannot be read.</exception>
    public bool Next() => Check("sd_journal_next", JournalCalls.sd_journal_next(_handle)) > 0;

    /// <summary>Goes to the entry before.</summary>
    /// <returns>False at the start.</returns>
    /// <exception cref="NativeException">The journal is damaged or cannot be read.</exception>
    public bool Previous() => Check("sd_journal_previous", JournalCalls.sd_journal_previous(_handle)) > 0;

    /// <summary>When the present entry was received, in microseconds since 1970.</summary>
    /// <exception cref="NativeException">The entry is damaged, or was removed meanwhile.</exception>
    public long RealTime
    {
        get
        {
            Check("sd_journal_get_realtime_usec", JournalCalls.sd_journal_get_realtime_usec(_handle, out ulong microseconds));
            return (long)Math.Min(microseconds, long.MaxValue);
        }
    }

    /// <summary>When the present entry was received, in microseconds since its boot; 0 where that is not known.</summary>
    public long MonotonicTime
    {
        get
        {
            byte* boot = stackalloc byte[16];
            return JournalCalls.sd_journal_get_monotonic_usec(_handle, out ulong microseconds, boot) < 0 ? 0 : (long)Math.Min(microseconds, long.MaxValue);
        }
    }

    /// <summary>Begins with the first field of the present entry.</summary>
    public void RestartFields() => JournalCalls.sd_journal_restart_data(_handle);

    /// <summary>Goes to the next field.</summary>
    /// <param name="field"><c>FIELD=value</c>, any bytes; valid until the next call of any member.</param>
    /// <returns>False behind the last one; fields that cannot be unpacked are left out.</returns>
    public bool NextField(out ReadOnlySpan<byte> field)
    {
        int answer = s_enumeratesAvailable.Value
            ? JournalCalls.sd_journal_enumerate_available_data(_handle, out byte* data, out nuint length)
            : JournalCalls.sd_journal_enumerate_data(_handle, out data, out length);
        field = answer > 0 ? new ReadOnlySpan<byte>(data, (int)Math.Min(length, int.MaxValue)) : default;
        return answer > 0;
    }

    /// <summary>Readable when <see cref="Process"/> has something to do. Belongs to this object; takes an inotify instance.</summary>
    /// <exception cref="NativeException">EMFILE: fs.inotify.max_user_instances or the number of open files is used up.</exception>
    public SafeFileHandle OpenEvents() =>
        new(Check("sd_journal_get_fd", JournalCalls.sd_journal_get_fd(_handle)), ownsHandle: false);

    /// <summary>Takes note of what happened to the files.</summary>
    /// <returns>SD_JOURNAL_NOP, SD_JOURNAL_APPEND or SD_JOURNAL_INVALIDATE.</returns>
    public int Process() => Check("sd_journal_process", JournalCalls.sd_journal_process(_handle));

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private const int ENOSYS = 38;

    private static nint Opened(string function, string? subject, int answer, nint journal)
    {
        Check(function, answer, subject);
        return journal;
    }

    private static int Check(string function, int answer, string? subject = null) =>
        answer >= 0 ? answer : throw new NativeException(function, subject, -answer);
}
