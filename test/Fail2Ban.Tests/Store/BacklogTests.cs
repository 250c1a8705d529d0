using CsCheck;
using Fail2Ban.Store;
using Fail2Ban.Tests.Tracking;
using Fail2Ban.Tracking.Bans;

namespace Fail2Ban.Tests.Store;

/// <summary>What is dropped of a backlog changes nothing about the rows that it leads to.</summary>
public sealed class BacklogTests
{
    private static readonly string[] Jails = ["a", "b"];

    // A change: what it is, which jail, which id.
    private static readonly Gen<List<(int Kind, int Jail, int Id)>> Changes =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1], Gen.Int[0, 5]).List[0, 40];

    [Fact]
    public void Compacting_leads_to_the_same_rows() => Changes.Sample(kinds =>
    {
        LinkedList<StoreChange> changes = Made(kinds);
        HashSet<string> wanted = Rows(changes);
        Assert.False(Backlog.Compact(changes, 100));
        Assert.Equal(wanted.Order(StringComparer.Ordinal), Rows(changes).Order(StringComparer.Ordinal));
        Assert.True(changes.Count(change => change.Deleted is not null) <= Jails.Length * (1 + kinds.Count(item => item.Kind == 9)));
    });

    [Fact]
    public void Deletions_beyond_the_bound_delete_all_rows_of_the_jail_that_were_there_before()
    {
        LinkedList<StoreChange> changes = new([Add("a", 9), .. Enumerable.Range(0, 20).Select(id => Backlog.Deletion("a", [$"192.0.2.{id}"])), Add("a", 5), Backlog.Deletion("b", ["192.0.2.1"])]);
        Assert.True(Backlog.Compact(changes, 10));
        Assert.Equal(["a 192.0.2.5", "b 192.0.2.3"], Rows(changes, "a 192.0.2.77", "b 192.0.2.1", "b 192.0.2.3").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Only_bans_are_dropped_and_the_oldest_first()
    {
        LinkedList<StoreChange> changes = new([Add("a", 1), Backlog.Deletion("a", ["192.0.2.9"]), Add("a", 2), Add("a", 3)]);
        Assert.Equal(2, Backlog.DropBans(changes, 2));
        Assert.Equal(["192.0.2.9", "192.0.2.3"], changes.Select(change => change.Deleted?.Single() ?? change.Added!.Ticket.Id.ToString()));
        Assert.Equal(1, Backlog.DropBans(changes, 0));
    }

    private static LinkedList<StoreChange> Made(List<(int Kind, int Jail, int Id)> kinds) => new(kinds.Select(item => item.Kind switch
    {
        < 5 => Add(Jails[item.Jail], item.Id),
        < 8 => Backlog.Deletion(Jails[item.Jail], item.Id == 0 ? ["192.0.2.1", "192.0.2.2"] : [$"192.0.2.{item.Id}"]),
        8 => Backlog.Deletion(Jails[item.Jail], []),
        _ => new StoreChange(_ => { }) { DependsOnRows = true, Jail = Jails[item.Jail] }, // stores all of a jail that are missing
    }));

    private static StoreChange Add(string jail, int id) =>
        new(_ => { }) { Jail = jail, Added = new Ban(Attempts.Ticket($"192.0.2.{id}"), new BanTime(600), 1, false) };

    private static HashSet<string> Rows(LinkedList<StoreChange> changes, params IEnumerable<string> before)
    {
        HashSet<string> rows = [.. before];
        foreach (StoreChange change in changes)
        {
            if (change.Added is { } ban) rows.Add($"{change.Jail} {ban.Ticket.Id}");
            else if (change.DependsOnRows) rows.UnionWith(Enumerable.Range(0, 6).Select(id => $"{change.Jail} 192.0.2.{id}"));
            else if (change.Deleted!.Count > 0) rows.ExceptWith(change.Deleted.Select(id => $"{change.Jail} {id}"));
            else rows.RemoveWhere(row => row.StartsWith(change.Jail + " ", StringComparison.Ordinal));
        }

        return rows;
    }
}
