namespace Fail2Ban.Enforcement.Actions;

/// <summary>What the database knows of an id's earlier bans, merged: <c>&lt;ipmatches&gt;</c>, <c>&lt;ipfailures&gt;</c>.</summary>
/// <param name="Failures">The sum of their failures.</param>
/// <param name="Matches">Their lines, oldest first.</param>
public sealed record IdHistory(int Failures, IReadOnlyList<string> Matches);
