namespace Fail2Ban.Control.Wire;

/// <summary>The control socket can't be used; the message says which and why.</summary>
public sealed class ControlException(string message, Exception? inner = null) : Exception(message, inner);
