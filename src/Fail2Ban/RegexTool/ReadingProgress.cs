using System.Globalization;

namespace Fail2Ban.RegexTool;

/// <summary>Tells on a terminal how far a large log is read: share, rate and time left, on one line that goes in the end.</summary>
/// <param name="error">Standard error.</param>
/// <param name="total">The log's length in bytes.</param>
/// <param name="time">For the rate.</param>
internal sealed class ReadingProgress(TextWriter error, long total, TimeProvider time)
{
    /// <summary>Smaller logs are read before anybody has seen the line; in bytes.</summary>
    public const long SmallestLog = 16 * 1024 * 1024;

    private const double BytesPerMegabyte = 1_000_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly long _start = time.GetTimestamp();
    private long _told;
    private long _read;

    /// <param name="bytes">How many were read since the last call.</param>
    public void Add(int bytes)
    {
        _read += bytes;
        long now = time.GetTimestamp();
        if (time.GetElapsedTime(_told == 0 ? _start : _told, now) < Interval) return;
        _told = now;
        double seconds = time.GetElapsedTime(_start, now).TotalSeconds;
        double rate = _read / seconds;
        double left = Math.Max(0, total - _read) / rate;
        error.Write(string.Create(CultureInfo.InvariantCulture,
            $"\r{Math.Min(100, 100.0 * _read / total),3:0} %  {rate / BytesPerMegabyte:0.0} MB/s  {TimeSpan.FromSeconds(Math.Ceiling(left)):c} left \e[K"));
        error.Flush();
    }

    public void End()
    {
        if (_told == 0) return;
        error.Write("\r\e[K");
        error.Flush();
    }
}
