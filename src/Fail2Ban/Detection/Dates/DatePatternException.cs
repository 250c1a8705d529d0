namespace Fail2Ban.Detection.Dates;

/// <summary>A <c>datepattern</c> that cannot be used; the message is one sentence in the original's words.</summary>
/// <param name="message">What is wrong.</param>
public sealed class DatePatternException(string message) : Exception(message);
