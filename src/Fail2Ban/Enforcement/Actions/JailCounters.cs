namespace Fail2Ban.Enforcement.Actions;

/// <summary>A jail's counters: <c>&lt;jail.banned&gt;</c>, <c>&lt;jail.banned_total&gt;</c>, <c>&lt;jail.found&gt;</c>, <c>&lt;jail.found_total&gt;</c>.</summary>
/// <param name="Banned">Bans in force.</param>
/// <param name="BannedTotal">Bans since the jail's start.</param>
/// <param name="Found">Ids with failures now.</param>
/// <param name="FoundTotal">Failures since the jail's start.</param>
public readonly record struct JailCounters(int Banned, int BannedTotal, int Found, int FoundTotal);
