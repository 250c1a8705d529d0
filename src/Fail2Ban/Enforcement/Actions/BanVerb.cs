namespace Fail2Ban.Enforcement.Actions;

/// <summary>What an action does with one ban.</summary>
internal enum BanVerb
{
    /// <summary><c>actionban</c>.</summary>
    Ban,

    /// <summary><c>actionunban</c>.</summary>
    Unban,

    /// <summary><c>actionprolong</c>.</summary>
    Prolong,

    /// <summary><c>actionreban</c>, else <c>actionban</c>.</summary>
    Reban,
}
