namespace Fail2Ban.Detection.Matching;

/// <summary>A setting that a filter cannot take; the message is the original's and may hold several lines.</summary>
public sealed class FilterException(string message, Exception? inner = null) : Exception(message, inner);
