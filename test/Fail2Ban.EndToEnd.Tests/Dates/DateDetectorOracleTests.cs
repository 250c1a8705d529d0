using Fail2Ban.Tests.Detection.Dates;

namespace Fail2Ban.EndToEnd.Tests.Dates;

/// <summary>Our date detector beside that of an installed fail2ban (1.0.2): what is cut, the time, the template, their order.</summary>
/// <remarks>
/// Not compared, since releases differ or ours is better on purpose: the compact template's forms with <c>-</c> and
/// <c>:</c> (1.1; no line here has them), {EPOCH} beside a group of the user's (1.1; not generated), patterns that begin
/// with <c>%k</c> or <c>%l</c> (refused by 1.0.2), and local times before 1938.
/// </remarks>
public sealed class DateDetectorOracleTests(ITestOutputHelper output)
{
    private const string Samples = "/usr/lib/python3/dist-packages/fail2ban/tests/files/logs";
    private const double Now = 1124013600; // 2005-08-14 10:00:00 UTC

    [Fact]
    public void Sample_logs_are_dated_alike_as_sequences()
    {
        using OracleDetector oracle = Start();
        Assert.SkipUnless(Directory.Exists(Samples), "the sample logs of fail2ban are not installed");
        var comparison = new Comparison(oracle);
        foreach (string file in Directory.EnumerateFiles(Samples).Order(StringComparer.Ordinal))
        {
            string[] lines = [.. File.ReadAllText(file).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')).Select(line => line.TrimEnd('\r'))];
            foreach (string zone in new[] { "Europe/Zurich", "America/New_York" })
                comparison.Ask(new OracleQuestion(zone, Now, 1, null, [], lines));
            comparison.Ask(new OracleQuestion("Europe/Zurich", Now, 1, "UTC-02", ["{^LN-BEG}"], lines));
        }

        Report(comparison, minimum: 2000);
    }

    [Fact]
    public void Generated_dates_are_read_alike()
    {
        using OracleDetector oracle = Start();
        var comparison = new Comparison(oracle);
        var texts = new DateTexts(20050814);
        for (int i = 0; i < 2500; i++)
        {
            string pattern = texts.Pattern();
            comparison.Ask(new OracleQuestion(Zone(i), Moment(i), 0, i % 7 == 0 ? "CET+0100" : null, [pattern], [texts.Line(pattern), texts.Line(pattern), texts.Line(pattern)]));
        }

        Report(comparison, minimum: 2000);
    }

    [Fact]
    public void Sequences_of_lines_move_the_templates_alike()
    {
        using OracleDetector oracle = Start();
        var comparison = new Comparison(oracle);
        var texts = new DateTexts(17);
        for (int i = 0; i < 200; i++)
        {
            string[] patterns = i % 3 == 0 ? [] : i % 3 == 1 ? ["{DATE}"] : ["%Y-%m-%d %H:%M:%S", "{^LN-BEG}%b %d %H:%M:%S", "%d/%b/%Y:%H:%M:%S", "%H:%M:%S", "{^LN-BEG}%H:%M", "%b %d"];
            string[] lines = [.. Enumerable.Range(0, 60).Select(_ => texts.Line("{DATE}"))];
            comparison.Ask(new OracleQuestion(Zone(i), Moment(i), i % 2 * 140, null, patterns, lines));
        }

        Report(comparison, minimum: 10_000);
    }

    private static string Zone(int i) => (i % 5) switch { 0 => "UTC", 1 => "America/New_York", 2 => "Asia/Kolkata", _ => "Europe/Zurich" };

    private static double Moment(int i) => (i % 4) switch { 0 => Now, 1 => 1136073600, 2 => 1204282800, _ => 1130635800 };

    private static OracleDetector Start()
    {
        OracleDetector? oracle = OracleDetector.TryStart();
        Assert.SkipWhen(oracle is null, "fail2ban is not installed here");
        return oracle!;
    }

    private void Report(Comparison comparison, int minimum)
    {
        output.WriteLine($"{comparison.Lines} lines, {comparison.Found} with a date, {comparison.Dated} with a time, {comparison.Refused} patterns refused, {comparison.Differences.Count} differences");
        foreach (string difference in comparison.Differences.Take(40)) output.WriteLine(difference);
        Assert.Empty(comparison.Differences);
        Assert.True(comparison.Lines >= minimum, $"only {comparison.Lines} lines");
        Assert.True(comparison.Found >= 0.3 * comparison.Lines, $"only {comparison.Found} lines have a date");
        Assert.True(comparison.Dated >= 0.3 * comparison.Lines, $"only {comparison.Dated} lines have a time");
    }
}
