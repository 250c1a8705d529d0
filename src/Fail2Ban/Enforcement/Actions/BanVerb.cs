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

    /// <summary>Nothing is run: only who told the kernel when the ban ends tells it again.</summary>
    Extend,

    /// <summary><c>actionreban</c>, else <c>actionban</c>.</summary>
    Reban,
}
