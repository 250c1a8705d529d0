using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.Journal;

/// <summary>Owns one sd_journal.</summary>
internal sealed class JournalHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal JournalHandle(nint journal)
        : base(ownsHandle: true) => SetHandle(journal);

    protected override bool ReleaseHandle()
    {
        JournalCalls.sd_journal_close(handle);
        return true;
    }
}
