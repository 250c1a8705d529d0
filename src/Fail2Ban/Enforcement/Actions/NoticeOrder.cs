using Fail2Ban.Addresses;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>What a notification that can be taken back is about: two about the same must stay in order.</summary>
/// <param name="Id">Whom it is about; null: all, as a start, a stop and a flush.</param>
internal sealed record NoticeOrder(FailureId? Id)
{
    /// <summary>Whether two must stay in order; those without an order may always change places.</summary>
    public static bool IsBound(NoticeOrder? one, NoticeOrder? other) =>
        one is not null && other is not null && (one.Id is null || other.Id is null || one.Id == other.Id);
}
