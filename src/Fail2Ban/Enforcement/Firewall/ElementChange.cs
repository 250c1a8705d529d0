using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>One element to add to a set or to take out, on its way to the kernel.</summary>
internal sealed class ElementChange(NftSet set, IpRange range, bool isAdd)
{
    private readonly TaskCompletionSource<ElementResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Which set.</summary>
    public NftSet Set => set;

    /// <summary>An address or a network.</summary>
    public IpRange Range => range;

    /// <summary>Added, or deleted.</summary>
    public bool IsAdd => isAdd;

    /// <summary>Ends when the kernel has answered; never faults.</summary>
    public Task<ElementResult> Result => _done.Task;

    /// <summary>Gives the answer; the first one counts.</summary>
    public void Complete(ElementResult result) => _done.TrySetResult(result);
}
