using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Sources.Files;

/// <summary>What everything that one watcher looks at shares.</summary>
/// <param name="Watches">Null where there is no inotify.</param>
/// <param name="OpenFiles">How many logs may stay open.</param>
/// <param name="Readers">Which logs are open, by inode.</param>
/// <param name="Polled">What is polled for want of watches.</param>
/// <param name="Log">Under the name <c>fail2ban.filter</c>.</param>
/// <param name="Time">For the once-a-day warnings.</param>
internal sealed record WatcherParts(WatchTable? Watches, OpenFileBudget OpenFiles, InodeTable Readers, PolledReport Polled, Log Log, TimeProvider Time);
