namespace Fail2Ban.Detection.Dates;

/// <summary>The moment that a date text names, or why it names none.</summary>
/// <param name="Time">Meaningless unless <paramref name="Fault"/> is <see cref="DateFault.None"/>.</param>
/// <param name="Fault">Why there is no moment.</param>
/// <param name="FailureReason">The original's exception where the fault is <see cref="DateFault.Failed"/>.</param>
internal readonly record struct DateReading(DateTimeOffset Time, DateFault Fault = DateFault.None, string? FailureReason = null)
{
    public static DateReading Unreadable { get; } = new(default, DateFault.Unreadable);

    public static DateReading Failed(string reason) => new(default, DateFault.Failed, reason);
}
