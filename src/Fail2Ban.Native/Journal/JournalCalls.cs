using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Journal;

/// <summary>Imports of libsystemd; see sd-journal(3). All answers below 0 are a negated errno.</summary>
internal static unsafe partial class JournalCalls
{
    internal const string Library = "libsystemd.so.0";

    [LibraryImport(Library)]
    internal static partial int sd_journal_open(out nint journal, int flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_journal_open_namespace(out nint journal, string name, int flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_journal_open_directory(out nint journal, string path, int flags);

    [LibraryImport(Library)]
    internal static partial int sd_journal_open_files(out nint journal, byte** paths, int flags);

    [LibraryImport(Library)]
    internal static partial void sd_journal_close(nint journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_add_match(JournalHandle journal, byte* data, nuint size);

    [LibraryImport(Library)]
    internal static partial int sd_journal_add_disjunction(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial void sd_journal_flush_matches(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_seek_head(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_seek_tail(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_seek_realtime_usec(JournalHandle journal, ulong microseconds);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_journal_seek_cursor(JournalHandle journal, string cursor);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int sd_journal_test_cursor(JournalHandle journal, string cursor);

    [LibraryImport(Library)]
    internal static partial int sd_journal_get_cursor(JournalHandle journal, out nint cursor);

    [LibraryImport(Library)]
    internal static partial int sd_journal_next(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_previous(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_get_realtime_usec(JournalHandle journal, out ulong microseconds);

    [LibraryImport(Library)]
    internal static partial int sd_journal_get_monotonic_usec(JournalHandle journal, out ulong microseconds, byte* bootId);

    [LibraryImport(Library)]
    internal static partial void sd_journal_restart_data(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_enumerate_data(JournalHandle journal, out byte* data, out nuint length);

    [LibraryImport(Library)]
    internal static partial int sd_journal_enumerate_available_data(JournalHandle journal, out byte* data, out nuint length);

    [LibraryImport(Library)]
    internal static partial int sd_journal_set_data_threshold(JournalHandle journal, nuint size);

    [LibraryImport(Library)]
    internal static partial int sd_journal_get_fd(JournalHandle journal);

    [LibraryImport(Library)]
    internal static partial int sd_journal_process(JournalHandle journal);

    [LibraryImport("libc")]
    internal static partial void free(nint memory);
}
