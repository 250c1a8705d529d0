using CsCheck;
using Fail2Ban.Addresses;
using Fail2Ban.Logging;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Tests.Tracking.Bans;

public sealed class BanManagerTests
{
    private readonly ManualTime _time = new();
    private readonly BanManager _bans;

    public BanManagerTests() => _bans = new BanManager(_time) { BanTime = new BanTime(600) };

    [Fact]
    public void New_ban_is_counted_and_found()
    {
        BanDecision decision = _bans.Add(Attempts.Ticket("session", address: "192.0.2.1"));
        Assert.Equal(BanOutcome.Added, decision.Outcome);
        Assert.Equal(1, decision.Ban.Count);
        Assert.False(decision.Ban.Restored);
        Ban ban = _bans.Find(Attempts.Id("session"))!;
        Assert.Equal(Attempts.Id("192.0.2.1"), ban.Ticket.Address);
        Assert.Equal(decision.Ban.End, ban.End);
        Assert.Equal("bob", ban.Ticket.Data["user"]);
        Assert.Equal((1, 1L), (_bans.Current, _bans.Total));
    }

    [Theory]
    [InlineData(600, BanOutcome.Added)]
    [InlineData(601, BanOutcome.Expired)]
    public void Ban_that_is_over_is_dropped(double age, BanOutcome outcome)
    {
        _time.Advance(age);
        Assert.Equal(outcome, _bans.Add(Attempts.Ticket("192.0.2.1")).Outcome);
    }

    [Fact]
    public void Negative_time_other_than_minus_one_is_over() =>
        Assert.Equal(BanOutcome.Expired, _bans.Add(Attempts.Ticket("192.0.2.1"), new BanTime(-5)).Outcome);

    [Theory]
    [InlineData(2.9, LogLevel.Debug, false)]
    [InlineData(3, LogLevel.Notice, false)]
    [InlineData(4, LogLevel.Notice, true)]
    [InlineData(60, LogLevel.Warning, true)]
    public void Second_ticket_prolongs_and_tells_how_late_it_is(double seconds, LogLevel level, bool check)
    {
        _bans.Add(Attempts.Ticket("192.0.2.1"));
        BanDecision again = _bans.Add(Attempts.Ticket("192.0.2.1", seconds));
        Assert.Equal((BanOutcome.AlreadyBanned, level, check), (again.Outcome, again.Level, again.CheckActions));
        Assert.Equal(600 + seconds, again.Ban.Time.Seconds);
        Assert.Equal(Attempts.Start, again.Ban.Ticket.Time);
        Assert.Equal((1, 1L), (_bans.Current, _bans.Total));
    }

    [Fact]
    public void Actions_are_checked_every_three_seconds_at_most()
    {
        _bans.Add(Attempts.Ticket("192.0.2.1"));
        Assert.True(_bans.Add(Attempts.Ticket("192.0.2.1", 10)).CheckActions);
        _time.Advance(2.9);
        Assert.False(_bans.Add(Attempts.Ticket("192.0.2.1", 11)).CheckActions);
        _time.Advance(0.1);
        Assert.True(_bans.Add(Attempts.Ticket("192.0.2.1", 12)).CheckActions);
    }

    [Fact]
    public void Shorter_second_ban_changes_nothing()
    {
        _bans.Add(Attempts.Ticket("192.0.2.1"));
        Assert.Equal(600, _bans.Add(Attempts.Ticket("192.0.2.1", 5), new BanTime(10)).Ban.Time.Seconds);
        Assert.True(_bans.Add(Attempts.Ticket("192.0.2.1", 5), BanTime.Permanent).Ban.Time.IsPermanent);
        Assert.True(_bans.Add(Attempts.Ticket("192.0.2.1", 5), new BanTime(10)).Ban.Time.IsPermanent);
    }

    [Fact]
    public void Bans_end_strictly_after_their_end_in_its_order()
    {
        foreach ((string id, double begin) in new[] { ("192.0.2.1", 0.0), ("192.0.2.2", -2), ("192.0.2.3", -1), ("192.0.2.4", -2) }) _bans.Add(Attempts.Ticket(id, begin));
        _bans.Add(Attempts.Ticket("192.0.2.9"), BanTime.Permanent);
        Assert.Equal(Attempts.Start.AddSeconds(598), _bans.NextEnd);
        _time.Advance(598);
        Assert.Empty(_bans.TakeExpired());
        _time.Advance(2);
        Assert.Equal(["192.0.2.2"], Ids(_bans.TakeExpired(limit: 1)));
        Assert.Equal(["192.0.2.4", "192.0.2.3"], Ids(_bans.TakeExpired()));
        _time.Advance(1e6);
        Assert.Equal(["192.0.2.1"], Ids(_bans.TakeExpired()));
        Assert.Null(_bans.NextEnd);
        Assert.Equal(1, _bans.Current);
    }

    [Fact]
    public void Prolonged_ban_ends_later()
    {
        _bans.Add(Attempts.Ticket("192.0.2.1"));
        Assert.Equal(1200, _bans.Change(Attempts.Id("192.0.2.1"), new BanTime(1200), 2)!.Time.Seconds);
        Assert.Null(_bans.Change(Attempts.Id("192.0.2.2"), new BanTime(1200), 2));
        _time.Advance(1200);
        Assert.Empty(_bans.TakeExpired());
        _time.Advance(0.5);
        Assert.Equal(2, Assert.Single(_bans.TakeExpired()).Count);
    }

    [Fact]
    public void Network_takes_what_lies_inside()
    {
        foreach (string id in new[] { "192.0.2.7", "192.0.3.1", "192.0.2.64/26", "name", "2001:db8::1", "192.0.2.1" }) _bans.Add(Attempts.Ticket(id));
        Assert.Equal(["192.0.2.7", "192.0.2.64/26", "192.0.2.1"], Ids(_bans.RemoveWithin(Attempts.Id("192.0.2.0/24").Range!.Value)));
        Assert.Equal(["192.0.3.1", "name", "2001:db8::1"], _bans.IdsInBanOrder().Select(id => id.ToString()));
        Assert.Equal(["192.0.3.1", "name", "2001:db8::1"], Ids([.. _bans.Flush().All()]));
        Assert.Equal((0, 6L), (_bans.Current, _bans.Total));
    }

    [Fact]
    public void Lists_have_their_orders()
    {
        _bans.Add(Attempts.Ticket("192.0.2.1"), new BanTime(900));
        _bans.Add(Attempts.Ticket("192.0.2.2"), BanTime.Permanent);
        _bans.Add(Attempts.Ticket("192.0.2.3"));
        _bans.Add(Attempts.Ticket("192.0.2.4"));
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"], _bans.All().Select(ban => ban.Ticket.Id.ToString()));
        Assert.Equal(["192.0.2.3", "192.0.2.4", "192.0.2.1", "192.0.2.2"], _bans.InEndOrder().Select(span => span.Id.ToString()));
    }

    [Fact]
    public void Restored_ban_counts_on()
    {
        Ban ban = _bans.Restore(Attempts.Ticket("192.0.2.1"), new BanTime(600), previous: 1).Ban;
        Assert.Equal((2, true), (ban.Count, ban.Restored));
        Assert.True(_bans.Find(ban.Ticket.Id)!.Restored);
    }

    [Fact]
    public void Each_restored_ban_is_taken_once_whatever_comes_and_ends_meanwhile()
    {
        for (int number = 1; number <= 5; number++) _bans.Restore(Attempts.Ticket($"192.0.2.{number}"), new BanTime(600), previous: 1);
        var taken = new List<string>();
        foreach (Ban ban in _bans.TakeRestored())
        {
            taken.Add(ban.Ticket.Id.ToString());
            if (taken.Count > 1) continue;
            _bans.Remove(Attempts.Id("192.0.2.3"));
            _bans.Remove(Attempts.Id("192.0.2.4"));
            _bans.Add(Attempts.Ticket("192.0.2.4")); // banned anew
            _bans.Add(Attempts.Ticket("192.0.2.6"));
            _bans.Change(Attempts.Id("192.0.2.6"), new BanTime(60), 2, restored: true);
        }

        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.5"], taken);
        Assert.Empty(_bans.TakeRestored());
    }

    [Fact]
    public void Whatever_happens_every_ban_ends_once_and_in_time() => Gen.Select(Gen.Int[0, 30], Gen.Int[-1, 50], Gen.Int[0, 3]).Array[0, 400].Sample(steps =>
    {
        var time = new ManualTime();
        var bans = new BanManager(time);
        var model = new Dictionary<FailureId, DateTimeOffset>();
        foreach ((int number, int seconds, int kind) in steps)
        {
            FailureId id = Attempts.Id($"192.0.2.{number}");
            if (kind == 0)
            {
                var ticket = Attempts.Ticket($"192.0.2.{number}") with { Time = time.GetUtcNow() };
                Ban ban = bans.Add(ticket, new BanTime(seconds)).Ban;
                model[id] = ban.End;
            }
            else if (kind == 1)
            {
                Assert.Equal(model.Remove(id), bans.Remove(id) is not null);
            }
            else if (kind == 2 && bans.Change(id, new BanTime(seconds), 1) is { } changed)
            {
                model[id] = changed.End;
            }

            time.Advance(number / 10.0);
            var due = model.Where(pair => pair.Value < time.GetUtcNow()).Select(pair => pair.Key).ToHashSet();
            IReadOnlyList<Ban> ended = bans.TakeExpired();
            Assert.Equal(ended.OrderBy(ban => ban.End), ended);
            Assert.Equal(due, ended.Select(ban => ban.Ticket.Id).ToHashSet());
            foreach (FailureId gone in due) model.Remove(gone);
            Assert.Equal(model.Count, bans.Current);
        }
    }, iter: 100);

    private static IEnumerable<string> Ids(IEnumerable<Ban> bans) => bans.Select(ban => ban.Ticket.Id.ToString());
}
