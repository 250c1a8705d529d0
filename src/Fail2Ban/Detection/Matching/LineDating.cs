using System.Text;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Logging;
using Fail2Ban.Patterns.Prefilter;

namespace Fail2Ban.Detection.Matching;

/// <summary>Cuts the date out of a line and decides which time the line counts with.</summary>
/// <remarks>Stateful: a line without a date takes that of a line shortly before. Not thread-safe.</remarks>
internal sealed class LineDating(string jail, TimeProvider time, Log log)
{
    // How long the date of a line holds for those after it that have none; also how odd a date may be in operation.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(60);

    private readonly OncePerDay _oddTime = new();
    private readonly OncePerDay _tooOld = new();
    private byte[] _scratch = new byte[1024];
    private byte[] _lastDate = new byte[64];
    private int _lastDateLength;
    private DateTimeOffset? _lastTime;

    /// <summary>The date of the last line that had one.</summary>
    public DateTimeOffset? LastTime => _lastTime;

    /// <param name="line">The line as read.</param>
    /// <param name="detector">Finds the date of a file's line.</param>
    /// <param name="inOperation">Whether the line was written just now.</param>
    /// <param name="findTime">Null: dates are taken as they are.</param>
    /// <returns>A view that is valid as long as the line, and until the next call.</returns>
    public DatedLine Read(in LogLine line, DateDetector detector, bool inOperation, TimeSpan? findTime)
    {
        if (line.Time is { } entryTime)
        {
            Remember(line.Date, entryTime);
            return Judge(line.Terminated, [], line.Date, line.Text, entryTime, inOperation, findTime);
        }

        DateMatch date = detector.Detect(line.Terminated);
        if (!date.Found || date.IsEmpty) return Undated(line.Terminated, line.Terminated, [], [], line.Text, isOptional: date.IsEmpty, detector, inOperation, findTime);

        ReadOnlySpan<byte> before = line.Terminated[..date.Start];
        ReadOnlySpan<byte> text = line.Terminated[date.Start..date.End];
        ReadOnlySpan<byte> after = line.Terminated[date.End..];
        if (date.Fault == DateFault.Failed)
        {
            log.LineFailed(Encoding.UTF8.GetString(line.Text), detector.FailureReason ?? "");
            return new DatedLine { Text = line.Terminated, Before = [], Date = [], After = line.Text, Verdict = LineVerdict.Failed };
        }

        ReadOnlySpan<byte> rest = Rest(before, after);
        if (date.Time is not { } found) return Undated(line.Terminated, rest, before, text, after[..^1], isOptional: false, detector, inOperation, findTime);
        Remember(text, found);
        return Judge(rest, before, text, after[..^1], found, inOperation, findTime);
    }

    /// <summary>Reads a line of a file that follows the last dated one as most do; its date is taken as it is.</summary>
    /// <param name="line">The line as read.</param>
    /// <param name="detector">Finds the date.</param>
    /// <param name="text">What patterns see; valid as long as the line, and until the next call.</param>
    /// <param name="when">The date.</param>
    /// <returns>False for every other line, of which nothing is said.</returns>
    public bool TryFollow(ReadOnlySpan<byte> line, DateDetector detector, out ReadOnlySpan<byte> text, out LineTime when)
    {
        bool follows = detector.TryFollow(line, time.GetUtcNow(), out int start, out int end, out DateTimeOffset found);
        text = [];
        when = LineTime.Unknown;
        if (!follows) return false;
        Remember(line[start..end], found);
        text = Rest(line[..start], line[end..]);
        when = found;
        return true;
    }

    /// <summary>Whether nothing can be found in a line; if so, it is counted for its date, which nobody reads.</summary>
    /// <param name="line">The line as read.</param>
    /// <param name="detector">Finds the date of a file's line.</param>
    /// <param name="prefix">Knows what the prefregex asks for; null where that is not known.</param>
    /// <param name="failure">Knows what the failregexes ask for; null where that is not known.</param>
    /// <returns>False also where the date does not stand as in the line before; nothing is changed then.</returns>
    public bool TrySkip(in LogLine line, DateDetector detector, LiteralGate? prefix, LiteralGate? failure)
    {
        if (line.Time is { } entryTime)
        {
            if (!Exclude(line.Terminated, prefix, failure)) return false;
            Remember(line.Date, entryTime);
            return true;
        }

        if (!detector.TryPlace(line.Terminated, out int start, out int end)) return false;
        if (!Exclude(Rest(line.Terminated[..start], line.Terminated[end..]), prefix, failure)) return false;
        detector.Count(line.Terminated, 1, time.GetUtcNow());
        return true;
    }

    /// <summary>
    /// Passes over lines of a file in which nothing can be found, and counts them for their dates, which nobody reads. Each has
    /// a text behind its date.
    /// </summary>
    /// <param name="lines">Lines with their ends.</param>
    /// <param name="start">Where the first of them begins.</param>
    /// <param name="clear">Up to where nothing stands that a regex asks for.</param>
    /// <param name="detector">Finds the dates.</param>
    /// <param name="gate">Knows what is asked for.</param>
    /// <param name="count">Counts up with each line.</param>
    /// <returns>
    /// Where the first line begins that has something, or whose date does not stand as in the line before; also one with
    /// <c>#</c> in front, which the test tool leaves out.
    /// </returns>
    public int PassOver(ReadOnlySpan<byte> lines, int start, int clear, DateDetector detector, LiteralGate gate, ref int count)
    {
        (int passed, int last) = (0, start);
        while (start < clear)
        {
            ReadOnlySpan<byte> line = lines[start..clear];
            line = line[..(line.IndexOf((byte)'\n') + 1)];
            if (line.IsEmpty || line[0] == '#' || !detector.TryPlace(line, out int dateStart, out int dateEnd)) break;

            // A date inside the line is cut out, and what stands before and behind it may be a text that is asked for.
            if (dateStart > 0 && !gate.ExcludesSeam(line[..dateStart], line[dateEnd..])) break;
            passed++;
            last = start;
            start += line.Length;
        }

        if (passed > 0) detector.Count(lines[last..start], passed, time.GetUtcNow());
        count += passed;
        return start;
    }

    private static bool Exclude(ReadOnlySpan<byte> text, LiteralGate? prefix, LiteralGate? failure) =>
        prefix?.Excludes(text) == true || failure?.Excludes(text) == true;

    // A pattern sees the line as if the date had never been there; only a date inside it forces a copy.
    private ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (before.IsEmpty) return after;
        int length = before.Length + after.Length;
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, 2 * _scratch.Length)];
        before.CopyTo(_scratch);
        after.CopyTo(_scratch.AsSpan(before.Length));
        return _scratch.AsSpan(0, length);
    }

    // The parts of the line are given as they are if no earlier date can be lent to it.
    private DatedLine Undated(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> before, ReadOnlySpan<byte> date, ReadOnlySpan<byte> after,
        bool isOptional, DateDetector detector, bool inOperation, TimeSpan? findTime)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (detector.ReadLastCounted(now, out ReadOnlySpan<byte> counted) is { } unread) Remember(counted, unread);
        if (_lastTime is { } last && last > now - Tolerance)
            return new DatedLine { Text = line, Before = [], Date = _lastDate.AsSpan(0, _lastDateLength), After = line[..^1], Time = last, IsUndated = !isOptional };

        bool takesNow = isOptional || (findTime is not null && inOperation);
        return new DatedLine { Text = rest, Before = before, Date = date, After = after, Time = takesNow ? now : LineTime.Unknown, IsUndated = !isOptional };
    }

    private DatedLine Judge(
        ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> date, ReadOnlySpan<byte> after,
        DateTimeOffset when, bool inOperation, TimeSpan? findTime)
    {
        // Made where it is returned: copied from a variable, it would show in a profile.
        if (findTime is not { } window) return new DatedLine { Text = text, Before = before, Date = date, After = after, Time = when };

        var line = new DatedLine { Text = text, Before = before, Date = date, After = after, Time = when };
        DateTimeOffset now = time.GetUtcNow();
        if (inOperation)
        {
            TimeSpan delta = when - now;
            if (Math.Abs((long)delta.TotalSeconds) <= (long)Tolerance.TotalSeconds) return line;
            if (_oddTime.Take(time)) log.OddTime(jail, delta, line.ToMatchedLine().ToString());
            return new DatedLine { Text = text, Before = before, Date = date, After = after, Time = now };
        }

        if (when >= now - window) return line;
        if (_tooOld.Take(time)) log.TooOld(jail, window, line.ToMatchedLine().ToString());
        return new DatedLine { Text = text, Before = before, Date = date, After = after, Time = when, Verdict = LineVerdict.TooOld };
    }

    private void Remember(ReadOnlySpan<byte> date, DateTimeOffset when)
    {
        if (_lastDate.Length < date.Length) _lastDate = new byte[date.Length];
        date.CopyTo(_lastDate);
        _lastDateLength = date.Length;
        _lastTime = when;
    }
}
