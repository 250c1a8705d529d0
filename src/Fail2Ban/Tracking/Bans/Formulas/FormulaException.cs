namespace Fail2Ban.Tracking.Bans.Formulas;

/// <summary>A formula cannot be read or has no value; the message says what and where.</summary>
internal sealed class FormulaException(string message) : Exception(message);
