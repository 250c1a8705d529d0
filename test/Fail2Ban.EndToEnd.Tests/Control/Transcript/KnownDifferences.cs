namespace Fail2Ban.EndToEnd.Tests.Control.Transcript;

/// <summary>Where we are meant to print something else than version 1.0.2 of the original, and why.</summary>
internal static class KnownDifferences
{
    // Which side differs from 1.0.2.
    private enum Side
    {
        Server,
        Client,
        Both,
    }

    private const string Since11 = "since 1.1";
    private const string Clearer = "ours says what would be right";

    private static readonly Dictionary<string, (Side Side, string Reason)> Table = new()
    {
        ["version"] = (Side.Server, "we say the version that we are compatible with"),
        ["version x"] = (Side.Server, "we say the version that we are compatible with"),
        ["-V"] = (Side.Client, "we say the version that we are compatible with"),
        ["status --all"] = (Side.Server, Since11),
        ["status --all short"] = (Side.Server, Since11),
        ["status --all nope"] = (Side.Server, Since11),
        ["stats"] = (Side.Server, Since11),
        ["statistics"] = (Side.Server, Since11),
        ["statistic"] = (Side.Server, Since11),
        ["stats j1"] = (Side.Server, Since11),
        ["set j2 attempt 192.0.2.51 line"] = (Side.Server, "since 1.1 an attempt of an ignored address is not counted"),
        ["add j1"] = (Side.Server, "1.0.2 stumbles over its own message; 1.1 says what ours says"),
        ["add j1 polling"] = (Side.Server, "1.0.2 stumbles over its own message; 1.1 says what ours says"),
        ["add new foo"] = (Side.Server, "gamin is gone since 1.1"),
        ["help x"] = (Side.Client, "docs/compatibility.md: help"),
        ["get j2 sources"] = (Side.Server, "docs/compatibility.md: how far a log was read"),
        ["set j1 logencoding nope"] = (Side.Server, Clearer),
        ["set j1 addignoreip 192.0.2.0/99"] = (Side.Server, "docs/compatibility.md: ignoreip"),
        ["set j1 ignorecache max-count=10"] = (Side.Server, Clearer),
        ["set j1 bantime.foo 1"] = (Side.Server, "docs/compatibility.md: bantime.X"),
        ["get j1 bantime.foo"] = (Side.Server, "docs/compatibility.md: bantime.X"),
        ["set j1 action two ban {}"] = (Side.Server, "docs/compatibility.md: methods of actions"),
        ["set j1 action two ban nonsense"] = (Side.Both, "docs/compatibility.md: methods of actions; our client does not count the column of broken JSON"),
        ["set j1 addaction py $F/nope.py {}"] = (Side.Server, "docs/compatibility.md: actions in Python"),
    };

    public static IEnumerable<string> Commands => Table.Keys;

    /// <summary>The reason, or null where both must agree.</summary>
    public static string? Find(string command, bool ofServer, bool ofClient) =>
        Table.TryGetValue(command, out var known) && known.Side switch { Side.Server => ofServer, Side.Client => ofClient, _ => true } ? known.Reason : null;
}
