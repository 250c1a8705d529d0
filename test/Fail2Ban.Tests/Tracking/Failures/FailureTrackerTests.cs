using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Tracking.Failures;

public sealed class FailureTrackerTests
{
    private const string Attacker = "192.0.2.2";

    [Fact]
    public void Ticket_comes_at_maxretry_and_the_id_is_forgotten()
    {
        var tracker = new FailureTracker { MaxRetry = 3 };
        Assert.Null(Add(tracker, 0, "bob"));
        Assert.Null(Add(tracker, 1, "eve"));
        Assert.Equal(1, tracker.Current);

        Ticket? ticket = Add(tracker, 2, "zoé");

        Assert.NotNull(ticket);
        Assert.Equal(Attempts.Start.AddSeconds(2), ticket.Time);
        Assert.Equal(3, ticket.Failures);
        Assert.Equal("bob", ticket.Data["user"]);
        Assert.Equal(["", "Nov 14 22:13:20", " srv fail bob 0 from 192.0.2.2"], new[] { ticket.Matches[0].Before, ticket.Matches[0].Date, ticket.Matches[0].After });
        Assert.Equal(new MatchedLine("", "", "Nov 14 22:13:20 srv fail zoé 0 from 192.0.2.2"), ticket.Matches[2]);
        Assert.Equal(0, tracker.Current);
        Assert.Equal(3, tracker.Total);
    }

    // The row taken from the original: the retry count after each failure.
    [Fact]
    public void Old_failures_decay_as_in_the_original()
    {
        double[] times = [0, 100, 500, 600, 601, 1200, 1300, 5000, 5000, 4000];
        int[] retries = [1, 2, 3, 4, 5, 4, 4, 2, 3, 4];
        for (int i = 0; i < times.Length; i++)
        {
            Assert.Equal(i, TicketIndex(times[..(i + 1)], retries[i]));
            if (retries[i] >= retries[..(i + 1)].Max()) Assert.Equal(-1, TicketIndex(times[..(i + 1)], retries[i] + 1));
        }

        // The index of the failure at which a limit set just before the last one is reached.
        static int TicketIndex(double[] times, int maxRetry)
        {
            var tracker = new FailureTracker { MaxRetry = 1000, FindTime = TimeSpan.FromSeconds(600) };
            for (int i = 0; i < times.Length; i++)
            {
                if (i == times.Length - 1) tracker.MaxRetry = maxRetry;
                if (Add(tracker, times[i]) is not null) return i;
            }

            return -1;
        }
    }

    [Theory]
    [InlineData(2, "1.1 1.2")]
    [InlineData(0, "")]
    [InlineData(50, "0.0 0.1 1.0 1.1 1.2")]
    public void Last_maxmatches_lines_are_kept(int maxMatches, string expected)
    {
        var tracker = new FailureTracker { MaxRetry = 2, MaxMatches = maxMatches };
        tracker.Add(Attempts.Id(Attacker), null, Lines(0, 2));
        Ticket ticket = tracker.Add(Attempts.Id(Attacker), null, Lines(1, 3))!;
        Assert.Equal(expected, string.Join(' ', ticket.Matches));
    }

    [Fact]
    public void First_failure_keeps_all_its_lines()
    {
        var tracker = new FailureTracker { MaxRetry = 1, MaxMatches = 2 };
        Assert.Equal(5, tracker.Add(Attempts.Id(Attacker), null, Lines(0, 5))!.Matches.Length);
    }

    [Fact]
    public void Attempt_counts_its_lines()
    {
        var tracker = new FailureTracker { MaxRetry = 6 };
        Assert.Null(tracker.Add(Attempts.Id(Attacker), null, Lines(0, 3), retries: 3));
        Ticket ticket = tracker.Add(Attempts.Id(Attacker), null, Lines(1, 3), retries: 3)!;
        Assert.Equal(2, ticket.Failures);
    }

    [Fact]
    public void Known_bad_ids_need_fewer_failures()
    {
        var tracker = new FailureTracker { MaxRetry = 5 };
        Add(tracker, 0);
        Assert.Null(tracker.AddRetries(Attempts.Id(Attacker), 3));
        Assert.Equal(3, Add(tracker, 1)!.Failures);
        Assert.Null(tracker.AddRetries(Attempts.Id(Attacker), 100));
    }

    [Theory]
    [InlineData(599, 1)]
    [InlineData(600, 0)]
    public void Purge_forgets_what_is_findtime_old(double after, int left)
    {
        var tracker = new FailureTracker { MaxRetry = 5, FindTime = TimeSpan.FromSeconds(600) };
        Add(tracker, 0);
        tracker.Purge(Attempts.Start.AddSeconds(after));
        Assert.Equal(left, tracker.Current);
    }

    [Fact]
    public void Purge_keeps_ids_that_were_seen_again()
    {
        var tracker = new FailureTracker { MaxRetry = 50, FindTime = TimeSpan.FromSeconds(600) };
        for (int i = 0; i < 1000; i++) tracker.Add(Attempts.Id($"10.0.{i / 250}.{i % 250}"), null, Attempts.Of("10.0.0.1", i));
        tracker.Purge(Attempts.Start.AddSeconds(1099));
        Assert.Equal(500, tracker.Current);
        tracker.Purge(Attempts.Start.AddSeconds(1100));
        Assert.Equal(499, tracker.Current);
        Assert.True(tracker.Remove(Attempts.Id("10.0.3.249")));
        Assert.False(tracker.Remove(Attempts.Id("10.0.0.0")));
    }

    [Fact]
    public void Address_beside_the_id_stays_with_it()
    {
        var tracker = new FailureTracker { MaxRetry = 2 };
        FailureId session = Attempts.Id("session"), address = Attempts.Id(Attacker);
        tracker.Add(session, address, Attempts.Of(Attacker, 0));
        Assert.Equal(address, tracker.Add(session, address, Attempts.Of(Attacker, 1))!.Address);
    }

    private static Ticket? Add(FailureTracker tracker, double seconds, string user = "bob") =>
        tracker.Add(Attempts.Id(Attacker), null, Attempts.Of(Attacker, seconds, user));

    private static Failure Lines(int number, int count) => Attempts.Of(Attacker, number) with
    {
        Matches = [.. Enumerable.Range(0, count).Select(i => new MatchedLine("", "", $"{number}.{i}"))],
    };
}
