namespace Fail2Ban.Detection.Matching;

/// <summary>A regex as a filter holds it.</summary>
/// <param name="Text">What the user wrote.</param>
/// <param name="Expanded">The same with fail2ban's tags expanded, in Python's dialect; messages and <c>get … failregex</c> show it.</param>
public sealed record FilterRegex(string Text, string Expanded);
