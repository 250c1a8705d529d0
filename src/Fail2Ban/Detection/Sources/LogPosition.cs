namespace Fail2Ban.Detection.Sources;

/// <summary>How far a log was read; what the database keeps.</summary>
/// <param name="Offset">Where the next line begins, in bytes.</param>
/// <param name="FirstLineHash">SHA-1 (hex, lower case) of the first line with its line end; empty while there is no complete line.</param>
/// <param name="Device">The file system of the file; 0 where it is not known.</param>
/// <param name="Inode">The file's number in it; 0 where it is not known.</param>
public readonly record struct LogPosition(long Offset, string FirstLineHash, ulong Device = 0, ulong Inode = 0);
