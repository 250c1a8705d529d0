using BenchmarkDotNet.Attributes;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Micro;

/// <summary>From failures to tickets.</summary>
[MemoryDiagnoser]
public class CountingBenchmarks
{
    private const int Addresses = 100_000;

    private readonly Failure[] _failures = [.. Enumerable.Range(0, Addresses).Select(Make)];
    private FailureTracker _tracker = null!;
    private int _next;

    [GlobalSetup(Target = nameof(Second_failure_of_one_of_many))]
    public void SetUp()
    {
        _tracker = new FailureTracker { MaxRetry = int.MaxValue, FindTime = TimeSpan.FromDays(1) };
        foreach (Failure failure in _failures) _tracker.Add(failure.Id, null, failure);
    }

    [Benchmark]
    public Ticket? Second_failure_of_one_of_many()
    {
        Failure failure = _failures[_next = (_next + 1) % Addresses];
        return _tracker.Add(failure.Id, null, failure);
    }

    [Benchmark]
    public Ticket? First_five_failures_of_one()
    {
        var tracker = new FailureTracker { MaxRetry = 5 };
        Ticket? ticket = null;
        for (int i = 0; i < 5; i++) ticket = tracker.Add(_failures[0].Id, null, _failures[0]);
        return ticket;
    }

    private static Failure Make(int number)
    {
        FailureId id = FailureId.Parse($"10.{number >> 16}.{number >> 8 & 255}.{number & 255}");
        MatchedLine line = new("", "Jan  5 18:26:41", $" srv01 sshd[1004]: Failed password for root from {id} port 43592 ssh2");
        return new Failure(id, null, null, DateTimeOffset.UnixEpoch, [line], new FailureData([new("user", "root"), new("ip4", id.ToString())]));
    }
}
