using Fail2Ban.Native.Libc;
using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>A message to the watcher's thread.</summary>
/// <param name="Subscription">Whom it is about.</param>
/// <param name="Start">Where a new subscription begins; null: it has ended, or its sink has room again.</param>
internal readonly record struct WatcherCommand(FileSubscription Subscription, StartPoint? Start);

/// <summary>Where a subscription begins.</summary>
/// <param name="File">The open file; null where it is absent.</param>
/// <param name="Status">Its status.</param>
/// <param name="Position">The first line's hash and the offset to begin at.</param>
internal sealed record StartPoint(SafeFileHandle? File, FileStatus Status, LogPosition Position);
