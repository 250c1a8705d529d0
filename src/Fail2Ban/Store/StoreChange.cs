namespace Fail2Ban.Store;

/// <summary>One change that waits to be written.</summary>
/// <param name="run">Makes it, within a transaction.</param>
/// <param name="subject">Equal for changes of which only the last one counts (where a log was read to); null for all others.</param>
internal sealed class StoreChange(Action<BanWrites> run, object? subject = null)
{
    public Action<BanWrites> Run { get; } = run;

    public object? Subject { get; } = subject;

    /// <summary>True when it is on disk; false when it could not be put there at once, or not at all.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
