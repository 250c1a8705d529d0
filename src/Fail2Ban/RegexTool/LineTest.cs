using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.RegexTool;

/// <summary>Sends each line through the filter and its verdict to the report or, with <c>-o</c>, to the output.</summary>
internal sealed class LineTest(
    Filter filter, Report? report, FailureFormat? format, bool isInverted, Func<string, IReadOnlyList<FailureId>> resolve, TextWriter output)
{
    private readonly LogProgress _progress = new();
    private readonly List<Failure> _failures = [];

    public void Handle(in LogLine line)
    {
        if (line.Text is [] or [(byte)'#', ..]) return;
        _failures.Clear();
        LineResult result = filter.Process(line, _progress, _failures);
        report?.Count(line, result);
        if (format is not null) Print(format, line, result);
    }

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
