using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Tracking;

/// <summary>Failures and tickets for tests; times are seconds after 1700000000.</summary>
internal static class Attempts
{
    public static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public static FailureId Id(string text) => FailureId.Parse(text);

    public static Failure Of(string id, double seconds, string user = "bob", int lines = 1) => new(
        Id(id),
        null,
        null,
        Start.AddSeconds(seconds),
        [.. Enumerable.Range(0, lines).Select(i => new MatchedLine("", "Nov 14 22:13:20", $" srv fail {user} {i} from {id}"))],
        Data(("user", user), ("ip4", id)));

    public static Ticket Ticket(string id, double seconds = 0, string? address = null) => new(
        Id(id),
        address is null ? null : Id(address),
        Start.AddSeconds(seconds),
        3,
        [new MatchedLine("", "Nov 14 22:13:20", " srv fail from " + id)],
        Data(("user", "bob")));

    public static FailureData Data(params (string Name, object? Value)[] fields) =>
        new([.. fields.Select(field => new KeyValuePair<string, object?>(field.Name, field.Value))]);
}
