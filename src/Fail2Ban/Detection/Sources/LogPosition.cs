namespace Fail2Ban.Detection.Sources;

/// <summary>How far a log was read; what the database keeps.</summary>
/// <param name="Offset">Where the next line begins, in bytes.</param>
/// <param name="FirstLineHash">SHA-1 (hex, lower case) of the first line with its line end; empty while there is no complete line.</param>
public readonly record struct LogPosition(long Offset, string FirstLineHash);
