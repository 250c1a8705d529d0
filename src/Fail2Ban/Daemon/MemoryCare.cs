using Fail2Ban.Native.Libc;

namespace Fail2Ban.Daemon;

/// <summary>Gives memory back that a burst of lines or bans has taken and nothing uses any more.</summary>
/// <remarks>
/// The collector has no reason to: a server to which nothing happens allocates nothing, so that it never runs, and what the
/// burst has left stays for days. Thread safety: its timer is alone in using it.
/// </remarks>
internal sealed class MemoryCare : IDisposable
{
    private const long Quiet = 256 * 1024; // bytes allocated between two looks
    private const long Worthwhile = 2 * 1024 * 1024; // bytes allocated since memory was last given back

    // The start leaves most, and is over soon.
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ITimer _timer;
    private readonly Action _giveBack;
    private readonly Func<long> _allocatedBytes;
    private long _allocated;
    private long _allocatedAtRelease;

    /// <summary>Looks from now on.</summary>
    /// <param name="time">For the intervals.</param>
    public MemoryCare(TimeProvider time) : this(time, static () => GC.GetTotalAllocatedBytes(), GiveBack)
    {
    }

    /// <summary>For tests: with another count of allocated bytes, and another way to give memory back.</summary>
    internal MemoryCare(TimeProvider time, Func<long> allocatedBytes, Action giveBack)
    {
        _allocatedBytes = allocatedBytes;
        _giveBack = giveBack;
        _timer = time.CreateTimer(static care => ((MemoryCare)care!).Look(), this, FirstInterval, FirstInterval);
    }

    public void Dispose() => _timer.Dispose();

    private static void GiveBack()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        ProgramText.Release();
    }

    private void Look()
    {
        long allocated = _allocatedBytes();
        bool isQuiet = allocated - _allocated < Quiet;
        _allocated = allocated;
        if (!isQuiet || allocated - _allocatedAtRelease < Worthwhile) return;
        _giveBack();
        if (_allocatedAtRelease == 0) _timer.Change(Interval, Interval);
        _allocatedAtRelease = _allocated = _allocatedBytes();
    }
}
