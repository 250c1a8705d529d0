using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Every sentence about reading the journal.</summary>
internal static class JournalLog
{
    internal static void NotReadable(this Log log, string source, string problem) =>
        log.Write(LogLevel.Error, $"Unable to read {source}: {problem}; trying again");

    internal static void ReadableAgain(this Log log, string source) => log.Write(LogLevel.Message, $"{source} can be read again");

    internal static void Reopened(this Log log, string source) => log.Write(LogLevel.Message, $"Journal rotation detected for {source}, reading its present files");

    internal static void NoEvents(this Log log, string problem) =>
        log.Write(LogLevel.Warning, $"New journal files are only noticed with delay: {problem}");
}
