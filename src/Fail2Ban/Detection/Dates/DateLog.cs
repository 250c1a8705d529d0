using System.Text;
using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Dates;

/// <summary>Every sentence the date detector logs.</summary>
internal static class DateLog
{
    public static void UnreadableDate(this Log log, ReadOnlySpan<byte> text)
    {
        if (log.IsEnabled(LogLevel.Error)) log.Write(LogLevel.Error, $"findFailure failed to parse timeText: {Encoding.UTF8.GetString(text)}");
    }

    public static void UnusableTemplate(this Log log, string name, string regex, string reason) =>
        log.Write(LogLevel.Error, $"Compile '{name}' failed, expression '{regex}': {reason}");

    /// <remarks>Ours, once a template: the original has no limit.</remarks>
    public static void GaveUp(this Log log, string name, int length) =>
        log.Write(LogLevel.Warning, $"Date template '{name}' was given up on a line of {length} bytes: match limit reached");
}
