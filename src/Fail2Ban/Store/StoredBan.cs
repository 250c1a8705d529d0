using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Store;

/// <summary>A ban as the database has it.</summary>
/// <param name="Ticket">Who, why and since when (whole seconds, as stored).</param>
/// <param name="Time">How long; −2 is the unknown time of an old database.</param>
/// <param name="Count">The stored bancount.</param>
/// <param name="Text">The id as it is stored.</param>
public sealed record StoredBan(Ticket Ticket, BanTime Time, int Count, string Text);

/// <summary>How often an id was banned.</summary>
/// <param name="Count">The stored bancount; over all jails their sum.</param>
/// <param name="LastBegin">When the last ban began.</param>
/// <param name="LastTime">How long it was; over all jails the sum.</param>
public sealed record BanHistory(int Count, DateTimeOffset LastBegin, BanTime LastTime);

/// <summary>What all stored bans of an id say together, for <c>&lt;ipmatches&gt;</c> and its like.</summary>
/// <param name="Failures">The sum of failures.</param>
/// <param name="Matches">The last lines, oldest first, at most <see cref="BanStore.MaxMatches"/>.</param>
public sealed record MergedBans(int Failures, IReadOnlyList<string> Matches);

/// <summary>A row of the table <c>logs</c>: how far a log was read, in the original's units; and of ours beside it, <c>logfiles</c>.</summary>
/// <param name="Offset">Column <c>lastfilepos</c>: bytes; for the journal seconds since 1970.</param>
/// <param name="FirstLineHash">Column <c>firstlinemd5</c>: SHA-1 in hex of the first complete line; empty where there is none. For the journal a time in ISO form.</param>
/// <param name="Device">The file system of the file; 0 where it is not known, and for the journal.</param>
/// <param name="Inode">The file's number in it; 0 where it is not known, and for the journal.</param>
public sealed record StoredPosition(double Offset, string FirstLineHash, ulong Device = 0, ulong Inode = 0);
