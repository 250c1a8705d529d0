using System.Buffers;
using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.RegexTool;

/// <summary>Sends each line through the filter and its verdict to the report or, with <c>-o</c>, to the output.</summary>
internal sealed class LineTest(
    Filter filter, Report? report, FailureFormat? format, bool isInverted, Func<string, IReadOnlyList<FailureId>> resolve, TextWriter output)
{
    private const int LinesPerQuestion = 16;

    private readonly LogProgress _progress = new();
    private readonly List<Failure> _failures = [];

    public void Handle(in LogLine line)
    {
        if (IsLeftOut(line.Terminated)) return;
        _failures.Clear();
        LineResult result = filter.Process(line, _progress, _failures);
        report?.Count(line, result);
        if (format is not null) Print(format, line, result);
    }

    /// <summary>Handles all lines of a buffer and gives it back.</summary>
    public void HandleAll(byte[] buffer, int length)
    {
        filter.BeginBlock();
        for (int start = 0, end; start < length; start = end)
        {
            end = start + buffer.AsSpan(start, length - start).IndexOf((byte)'\n') + 1;
            Handle(new LogLine(buffer.AsSpan(start, end - start)));
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Searches all lines of a buffer, without concluding from it.</summary>
    /// <param name="found">Has the buffer.</param>
    /// <param name="length">Bytes used.</param>
    /// <param name="leavesSearch">Asked now and then whether lines are left to whoever concludes.</param>
    public void Search(FoundLines found, int length, Func<bool> leavesSearch)
    {
        filter.BeginSearch();
        found.LeavesSearch = leavesSearch();
        ReadOnlySpan<byte> lines = found.Buffer.AsSpan(0, length);

        // Not read anew for each line: the other thread writes close by.
        (Filter searched, LogProgress progress) = (filter, _progress);
        int clear = 0;
        for (int start = 0, end; start < length; start = end)
        {
            int missed = 0;
            bool isLeftOut = IsLeftOut(lines[start..]);
            end = isLeftOut ? start : searched.PassOver(lines, start, ref clear, ref missed);
            if (missed > 0)
            {
                found.AddMissed(start, end - start, missed, searched.PassesPrefixed);
                continue;
            }

            end = start + lines[start..].IndexOf((byte)'\n') + 1;
            if (isLeftOut) continue;
            if (found.Count % LinesPerQuestion == 0) found.LeavesSearch = leavesSearch();
            searched.Search(found, start, end - start, progress);
        }
    }

    /// <summary>Makes ready what the first line would have to wait for, while the first lines are read.</summary>
    public void Prepare() => filter.PrepareApart();

    /// <summary>Does with lines that were searched what <see cref="HandleAll"/> does, and gives their buffer back.</summary>
    public void Conclude(FoundLines found)
    {
        filter.BeginConclusion();

        // Made by the thread that fills it: in a cache line with what the other thread reads for each line it would cost both.
        var failures = new List<Failure>();
        for (int i = 0; i < found.Count; i++)
        {
            ref readonly FoundLines.Line line = ref found.LineAt(i);
            if (line.Lines > 1)
            {
                report?.CountMissed(line.Of(found.Buffer), line.Lines, line.HasPrefix);
                continue;
            }

            failures.Clear();
            LineResult result = filter.Conclude(found, i, failures);
            var counted = new LogLine(line.Of(found.Buffer));
            report?.Count(counted, result);
        }

        ArrayPool<byte>.Shared.Return(found.Buffer);
    }

    private static bool IsLeftOut(ReadOnlySpan<byte> line) => line[0] is (byte)'\n' or (byte)'#';

    private void Print(FailureFormat chosen, in LogLine line, in LineResult result)
    {
        bool isFailure = false;
        foreach (Failure failure in _failures)
        {
            foreach (HitText hit in HitText.Of(failure, resolve))
            {
                isFailure = true;
                if (!isInverted) chosen.Print(hit, result.Time, output);
            }
        }

        if (isInverted && !isFailure) chosen.PrintOther(Encoding.UTF8.GetString([.. line.Date, .. line.Text]), result.Time ?? filter.LastTime, output);
    }
}
