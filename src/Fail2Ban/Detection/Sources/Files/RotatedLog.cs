using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>What a rotation has left of a log that was not read to its end.</summary>
/// <param name="File">Open; of a compressed file, the unpacked rest.</param>
/// <param name="Status">Of the file as it stands in the directory.</param>
/// <param name="Hash">Of its first line.</param>
/// <param name="Offset">Where to go on, in the log as it was written.</param>
/// <param name="Base">Where <paramref name="File"/> begins in the log as it was written; not 0 for the rest of a compressed one.</param>
internal sealed record RotatedLog(SafeFileHandle File, FileStatus Status, string Hash, long Offset, long Base = 0)
{
    /// <summary>Bytes of the log as it was written.</summary>
    internal long Size { get; init; } = Status.Size;
}
