using System.Globalization;
using System.Text;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Logging;

namespace Fail2Ban.EndToEnd.Tests.Dates;

/// <summary>Asks both detectors the same and collects where they differ.</summary>
internal sealed class Comparison(OracleDetector oracle)
{
    // The original keeps a time as a binary fraction.
    private const double Rounding = 5e-6;
    private const double BeforeZones = -1e9;

    public int Lines { get; private set; }

    public int Found { get; private set; }

    public int Dated { get; private set; }

    public int Refused { get; private set; }

    public List<string> Differences { get; } = [];

    public void Ask(OracleQuestion question)
    {
        OracleAnswers theirs = oracle.Ask(question);
        var time = new ShiftedTime(question.Zone);
        DateDetector ours;
        try
        {
            ZoneOffset? zone = question.Logtimezone is null ? null : ZoneOffset.TryParse(question.Logtimezone, out ZoneOffset offset, out _) ? offset : null;
            ours = new DateDetector(question.Patterns, zone, time, new Log(new SilentSink(), "fail2ban.filter"));
        }
        catch (DatePatternException problem)
        {
            Refused++;
            if (theirs.Refused is null) Differences.Add($"{Show(question.Patterns)}: ours refuses: {problem.Message}");
            return;
        }

        using (ours)
        {
            if (theirs.Refused is not null)
            {
                Refused++;
                // 1.0.2 trims the blank off a regex that begins with %k or %l, and breaks it; ours takes such a pattern.
                if (theirs.Refused.Contains("bad character in group name", StringComparison.Ordinal)) return;
                Differences.Add($"{Show(question.Patterns)}: theirs refuses: {theirs.Refused}");
                return;
            }

            for (int i = 0; i < question.Lines.Length; i++)
            {
                time.Now = DateTimeOffset.UnixEpoch.AddSeconds(question.Now + i * question.Step);
                // Before zones were introduced the local offset had seconds, which a TimeZoneInfo rounds away.
                if (theirs.Answers[i]?.Time < BeforeZones)
                {
                    ours.Detect(Encoding.UTF8.GetBytes(question.Lines[i] + "\n"));
                    continue;
                }

                string own = Own(ours, question.Lines[i]);
                string other = Other(theirs.Answers[i]);
                Lines++;
                if (theirs.Answers[i] is { } answer)
                {
                    Found++;
                    if (answer.Time is not null) Dated++;
                }

                if (own != other) Differences.Add($"{Show(question.Patterns)} {question.Zone} {question.Now} line {i} [{question.Lines[i]}]: ours {own}, theirs {other}");
            }

            string[] ourOrder = [.. ours.Templates.Select(template => $"{template.Hits} {template.Name}")];
            string[] theirOrder = [.. theirs.Order.Select(template => $"{template[1].GetInt64()} {template[0].GetString()}")];
            if (!ourOrder.Select(Known).SequenceEqual(theirOrder.Select(Known))) Differences.Add($"{Show(question.Patterns)}: another order after {question.Lines.Length} lines");
        }
    }

    // The compact template has more forms since 1.1, and so another name. %Exk and %Exl are shown in one of two ways by
    // 1.0.2, depending on Python's hash seed.
    private static string Known(string name) => name
        .Replace("(?:-|T|  ?)Ex24hour:?ExMinute:?ExSecond", "(?:T|  ?)Ex24hourExMinuteExSecond", StringComparison.Ordinal)
        .Replace("%Exk", "Ex%k", StringComparison.Ordinal).Replace("%Exl", "Ex%l", StringComparison.Ordinal);

    private static string Own(DateDetector detector, string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        DateMatch match = detector.Detect(bytes);
        if (!match.Found) return "none";
        int start = Encoding.UTF8.GetString(bytes.AsSpan(0, match.Start)).EnumerateRunes().Count();
        int end = start + Encoding.UTF8.GetString(bytes.AsSpan(match.Start, match.End - match.Start)).EnumerateRunes().Count();
        if (match.IsEmpty) return $"{start}..{end} empty";
        string time = match.Fault switch
        {
            DateFault.Unreadable => "unreadable",
            DateFault.Failed => detector.FailureReason![..detector.FailureReason!.IndexOf('(', StringComparison.Ordinal)],
            _ => Seconds((match.Time!.Value - DateTimeOffset.UnixEpoch).TotalSeconds),
        };
        return $"{start}..{end} {time} by {Known(detector.Templates[match.Template].Name)}";
    }

    // The time of an empty text is not asked for by either.
    private static string Other(OracleAnswer? answer) =>
        answer is null ? "none"
        : answer.Start == answer.End ? $"{answer.Start}..{answer.End} empty"
        : $"{answer.Start}..{answer.End} {answer.Fault ?? Seconds(answer.Time!.Value)} by {Known(answer.Template)}";

    private static string Seconds(double value) => (Math.Round(value / Rounding) * Rounding).ToString("F4", CultureInfo.InvariantCulture);

    private static string Show(string[] patterns) => patterns.Length == 0 ? "defaults" : string.Join(" ⏎ ", patterns);
}
