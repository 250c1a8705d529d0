namespace Fail2Ban.Control.Wire;

/// <summary>Who is at the other end of a connection, by the kernel's word (SO_PEERCRED; see unix(7)).</summary>
/// <param name="ProcessId">Of the process that connected; 0 when it lives in another pid namespace.</param>
/// <param name="UserId">Its effective user.</param>
/// <param name="GroupId">Its effective group.</param>
public readonly record struct PeerCredentials(int ProcessId, uint UserId, uint GroupId);
