namespace Fail2Ban.Control.Wire;

/// <summary>Ends the reading of a pickle; never leaves <see cref="Pickle"/>.</summary>
internal sealed class PickleFault(string message) : Exception(message)
{
    internal const string Truncated = "pickle data was truncated";
    internal const string Underflow = "unpickling stack underflow";
}
