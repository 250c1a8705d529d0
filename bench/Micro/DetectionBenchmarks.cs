using BenchmarkDotNet.Attributes;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Patterns;
using Fail2Ban.Patterns.Prefilter;

namespace Fail2Ban.Micro;

/// <summary>From a line to a failure.</summary>
[MemoryDiagnoser]
public class DetectionBenchmarks
{
    private readonly DateDetector _dates = new(null, null, TimeProvider.System, Lines.Silent);
    private readonly DateDetector _accessDates = new(null, null, TimeProvider.System, Lines.Silent);
    private readonly Pattern _pattern = Pattern.Compile(@"^ \S+ sshd\[\d+\]: Failed \S+ for (?:invalid user )?(?P<user>.*) from (?P<ip4>\d+\.\d+\.\d+\.\d+) port \d+ ssh2$");
    private readonly List<Failure> _failures = [];
    private readonly LogProgress _progress = new();
    private LiteralGate _gate = null!;
    private Filter _server = null!;
    private Filter _tool = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _gate = LiteralGate.Of([_pattern])!;
        _server = Make();
        _tool = Make();
        _server.TellsHits = false;
        _server.FindTime = TimeSpan.FromDays(100_000);
        (_tool.FindTime, _tool.CountsOnly, _tool.CheckAllRegexes) = (null, true, true);
    }

    [Benchmark]
    public DateMatch Date_of_auth_log() => _dates.Detect(Lines.Failed);

    [Benchmark]
    public DateMatch Date_of_access_log() => _accessDates.Detect(Lines.Access);

    [Benchmark]
    public bool Prefilter_of_a_line_that_cannot_match() => _gate.Excludes(Lines.OfOther);

    [Benchmark]
    public MatchOutcome Pattern_that_matches() => _pattern.Match(Lines.Failed.AsSpan(15), 0, isAscii: true);

    [Benchmark]
    public MatchOutcome Pattern_that_does_not() => _pattern.Match(Lines.OfOther.AsSpan(15), 0, isAscii: true);

    [Benchmark]
    public LineVerdict Line_that_cannot_match_in_a_server() => Process(_server, Lines.OfOther);

    [Benchmark]
    public LineVerdict Line_that_cannot_match_in_the_tool() => Process(_tool, Lines.OfOther);

    [Benchmark]
    public LineVerdict Failure_in_a_server() => Process(_server, Lines.Failed);

    [Benchmark]
    public LineVerdict Failure_in_the_tool() => Process(_tool, Lines.Failed);

    private static Filter Make()
    {
        var filter = new Filter("micro", TimeProvider.System, Lines.Silent);
        filter.SetPrefRegex(@"^<F-MLFID> \S+ sshd\[\d+\]: </F-MLFID><F-CONTENT>.+</F-CONTENT>$");
        filter.AddFailRegex("^Failed \\S+ for (?:invalid user )?<F-USER>.*</F-USER> from <HOST> port \\d+ ssh2$");
        filter.AddFailRegex("^Invalid user <F-USER>.*</F-USER> from <HOST> port \\d+$");
        filter.AddFailRegex("^Connection closed by (?:invalid|authenticating) user <F-USER>.*</F-USER> <HOST> port \\d+ \\[preauth\\]$");
        return filter;
    }

    private LineVerdict Process(Filter filter, byte[] line)
    {
        _failures.Clear();
        return filter.Process(new LogLine(line), _progress, _failures).Verdict;
    }
}
