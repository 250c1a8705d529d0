using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>One element to add to a set or to take out, on its way to the kernel.</summary>
/// <param name="set">Which set.</param>
/// <param name="range">An address or a network.</param>
/// <param name="isAdd">Added, or deleted.</param>
/// <param name="timeout">After how long the kernel removes it by itself, where the set allows that; zero: never.</param>
/// <param name="isTied">Whether it has to be in one transaction with the change before it.</param>
internal sealed class ElementChange(NftSet set, IpRange range, bool isAdd, TimeSpan timeout = default, bool isTied = false)
{
    private readonly TaskCompletionSource<ElementResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Which set.</summary>
    public NftSet Set => set;

    /// <summary>An address or a network.</summary>
    public IpRange Range => range;

    /// <summary>Added, or deleted.</summary>
    public bool IsAdd => isAdd;

    /// <summary>After how long the kernel removes it by itself, where the set allows that; zero: never.</summary>
    public TimeSpan Timeout => timeout;

    /// <summary>Whether it has to be in one transaction with the change before it, so that no packet comes between them.</summary>
    public bool IsTied => isTied;

    /// <summary>Ends when the kernel has answered; never faults.</summary>
    public Task<ElementResult> Result => _done.Task;

    /// <summary>Gives the answer; the first one counts.</summary>
    public void Complete(ElementResult result) => _done.TrySetResult(result);
}
