using System.Globalization;
using System.Text;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Detection.Dates;

/// <summary>A detector at the clock of the specification's examples, asked in strings.</summary>
internal sealed class DetectorUnderTest : ILogSink, IDisposable
{
    public DetectorUnderTest(params string[] patterns) : this(new TestTime(), null, patterns)
    {
    }

    public DetectorUnderTest(TestTime time, string? zone, params string[] patterns) : this(time, zone, true, patterns)
    {
    }

    public DetectorUnderTest(TestTime time, string? zone, bool followsShapes, params string[] patterns)
    {
        ZoneOffset? offset = null;
        if (zone is not null)
        {
            Assert.True(ZoneOffset.TryParse(zone, out ZoneOffset parsed, out _));
            offset = parsed;
        }

        Time = time;
        Detector = new DateDetector(patterns, offset, time, new Log(this, "fail2ban.filter")) { FollowsShapes = followsShapes };
        time.Now = TestTime.Example;
    }

    public TestTime Time { get; }

    public DateDetector Detector { get; }

    public List<string> Logged { get; } = [];

    public LogLevel Threshold => LogLevel.Debug;

    public DateMatch Detect(string line) => Detector.Detect(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>What is left of a line; null where it has no date.</summary>
    public string? Rest(string line)
    {
        DateMatch match = Detect(line);
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        return match.Found ? Encoding.UTF8.GetString(bytes, 0, match.Start) + Encoding.UTF8.GetString(bytes, match.End, bytes.Length - match.End) : null;
    }

    /// <summary>The time of a line in UTC, "none" without a date, "fault" where it cannot be read.</summary>
    public string Read(string line)
    {
        DateMatch match = Detect(line);
        return !match.Found ? "none" : match.Time is { } time ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture) : match.Fault.ToString();
    }

    public void Write(LogLevel level, string logger, string message) => Logged.Add($"{level} {message}");

    public void Dispose() => Detector.Dispose();
}
