using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>A ban or unban that is on its way to the kernel.</summary>
/// <param name="Action">Whose.</param>
/// <param name="Verb">What.</param>
/// <param name="Ban">Which.</param>
/// <param name="Change">The element; its result is waited for. Null: it waits for others to share a process with.</param>
internal readonly record struct PendingElement(ActionOperations Action, BanVerb Verb, Ban Ban, ElementChange? Change);
