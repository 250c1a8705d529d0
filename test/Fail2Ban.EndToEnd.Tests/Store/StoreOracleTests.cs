using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.EndToEnd.Tests.Store;

/// <summary>The database goes forth and back between the original and us.</summary>
public sealed class StoreOracleTests : IDisposable
{
    private const string Prelude =
        """
        import sys, time, logging
        from fail2ban.server.database import Fail2BanDb
        from fail2ban.server.ticket import FailTicket, BanTicket
        from fail2ban.server.ipdns import IPAddr
        class jail:
            name = "sshd"
            def getMaxBanTime(): return -1
            class actions:
                def getBanTime(): return 600
        db = Fail2BanDb(sys.argv[1])

        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-e2e").FullName;
    private readonly string _file;

    public StoreOracleTests() => _file = Path.Combine(_folder, "db.sqlite3");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_original_restores_what_we_wrote()
    {
        await OriginalModules.RequireAsync();
        await using (BanStore store = Open())
        {
            await store.AddJailAsync("sshd");
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            var ticket = new Ticket(
                FailureId.Parse("192.0.2.2"), null, now, 3,
                [new("", "Nov 23 00:13:29", " srv fail bob"), new("", "", "Nov 23 00:13:30 srv fail \"zoé\" \t\u0001")],
                new FailureData([new("user", "bob"), new("ip4", "192.0.2.2")]));
            Assert.True(await store.AddBanAsync("sshd", new Ban(ticket, new BanTime(3600), 2, false)));
            Assert.True(await store.AddBanAsync("sshd", new Ban(ticket with { Id = FailureId.Parse("198.51.100.0/24") }, BanTime.Permanent, 1, false)));
            Assert.True(await store.AddBanAsync("sshd", new Ban(ticket with { Id = FailureId.OfText("sess"), Address = FailureId.Parse("192.0.2.7") }, new BanTime(600.5), 1, false)));
            await store.UpdateLogAsync("sshd", "/var/log/x", new StoredPosition(77, "h"));
        }

        string output = await OriginalModules.RunAsync(
            Prelude + """
            for t in db.getCurrentBans(jail=jail, forbantime=-1):
                print(t.getID(), t.getIP(), t.getBanTime(), t.getBanCount(), t.getAttempt(), t.getMatches(), t.getData("user"))
            print([tuple(r) for r in db.getBan("192.0.2.2", jail)][0][0])
            print(sorted(db.getJailNames()), sorted(db.getLogPaths()))
            """, "", _file);

        Assert.Equal(
            """
            192.0.2.2 192.0.2.2 3600 2 3 ['Nov 23 00:13:29 srv fail bob', 'Nov 23 00:13:30 srv fail "zoé" \t\x01'] bob
            198.51.100.0/24 198.51.100.0/24 -1 1 3 ['Nov 23 00:13:29 srv fail bob', 'Nov 23 00:13:30 srv fail "zoé" \t\x01'] bob
            sess 192.0.2.7 600.5 1 3 ['Nov 23 00:13:29 srv fail bob', 'Nov 23 00:13:30 srv fail "zoé" \t\x01'] bob
            2
            ['sshd'] ['/var/log/x']

            """,
            output);
    }

    [Fact]
    public async Task We_restore_what_the_original_wrote()
    {
        await OriginalModules.RequireAsync();
        await OriginalModules.RunAsync(
            Prelude + """
            db.addJail(jail)
            def ban(id, bantime, **kw):
                t = BanTicket(IPAddr(id), time.time(), [("", "Nov 23 00:13:29", " srv fail bob"), 'joined "é" \\ \t\x01\x7f\u2028'], data=kw)
                t.setAttempt(3); t.setBanTime(bantime); t.setBanCount(2)
                db.addBan(jail, t)
            ban("192.0.2.2", 3600, user="bob", ip4="192.0.2.2")
            ban("198.51.100.0/24", -1)
            ban("sess", 600.5, ip=IPAddr("192.0.2.7"))
            """, "", _file);

        await using BanStore store = Open();
        IReadOnlyList<StoredBan> bans = (await store.CurrentBansAsync("sshd"))!;
        Assert.Equal(["192.0.2.2", "198.51.100.0/24", "sess"], bans.Select(ban => ban.Ticket.Id.ToString()));
        Assert.Equal([3600, -1, 600.5], bans.Select(ban => ban.Time.Seconds));
        Assert.All(bans, ban => Assert.Equal((2, 3), (ban.Count, ban.Ticket.Failures)));
        Assert.Equal([new MatchedLine("", "Nov 23 00:13:29", " srv fail bob"), new MatchedLine("", "", "joined \"é\" \\ \t\u0001\u007f\u2028")], bans[0].Ticket.Matches);
        Assert.Equal("bob", bans[0].Ticket.Data["user"]);
        Assert.Equal(FailureId.Parse("192.0.2.7"), bans[2].Ticket.Address);
        Assert.Equal(2, (await store.HistoryAsync("sshd", "192.0.2.2"))!.Count);

        // What we write of it is, byte for byte, what the original has written.
        byte[] theirs = Data();
        await store.DeleteAllBansAsync("sshd");
        Assert.True(await store.AddBanAsync("sshd", new Ban(bans[0].Ticket, bans[0].Time, 2, false)));
        Assert.Equal(theirs, Data());
    }

    [Theory]
    [InlineData("database_v1.db")]
    [InlineData("database_v2.db")]
    public async Task Old_databases_of_the_original_are_upgraded(string name)
    {
        await OriginalModules.RequireAsync();
        string sample = (await OriginalModules.RunAsync("import fail2ban, os; print(os.path.join(os.path.dirname(fail2ban.__file__), 'tests', 'files'))")).Trim();
        Assert.SkipUnless(File.Exists(Path.Combine(sample, name)), $"{name} is absent");
        File.Copy(Path.Combine(sample, name), _file);
        await using (BanStore store = Open()) Assert.NotEmpty((await store.CurrentBansAsync(null))!);
        string ours = await Dump(_file);

        string second = Path.Combine(_folder, "theirs");
        File.Copy(Path.Combine(sample, name), second);
        await OriginalModules.RunAsync(Prelude, "", second);
        Assert.Equal(await Dump(second), ours);
    }

    [Theory]
    [InlineData(86400)]
    [InlineData(3 * 86400)]
    public async Task What_is_purged_is_what_the_original_purges(int age)
    {
        await OriginalModules.RequireAsync();
        await OriginalModules.RunAsync(
            Prelude + """
            for name in ("sshd", "old", "empty"):
                class j(jail): pass
                j.name = name
                db.addJail(j)
            db._db.close()
            import sqlite3
            rows = sqlite3.connect(sys.argv[1])
            now = int(time.time())
            n = 0
            for hours in (1, 23, 25, 49, 71, 73, 100, 1000):
                for bantime in (600, 7200, 86400, 604800, 0, -1, -2):
                    for name, first in (("sshd", 0), ("old", 70)):
                        if hours < first: continue
                        n += 1
                        for table in ("bans", "bips"):
                            rows.execute(f"INSERT INTO {table}(ip, jail, timeofban, bantime, data) VALUES(?, ?, ?, ?, '{{}}')", ("192.0.2.%d" % n, name, now - hours * 3600, bantime))
            rows.commit()
            """, "", _file);
        string second = Path.Combine(_folder, "theirs");
        File.Copy(_file, second);
        string before = await Dump(_file);
        await OriginalModules.RunAsync(Prelude + $"db.delAllJails(); db.purgeage = {age}; db.purge()", "", second);
        await using (BanStore store = Open())
        {
            store.PurgeAge = TimeSpan.FromSeconds(age);
            Assert.True(await store.PurgeAsync());
        }

        string ours = await Dump(_file);
        Assert.NotEqual(before, ours);
        Assert.Equal(await Dump(second), ours);
    }

    private static Task<string> Dump(string file) => OriginalModules.RunAsync(
        """
        import sys, sqlite3
        db = sqlite3.connect(sys.argv[1])
        for table, order in (("fail2banDb", "1"), ("jails", "1"), ("logs", "1,2"), ("bans", "1,2,3"), ("bips", "1,2")):
            print(table, [r[1:6] for r in db.execute(f"PRAGMA table_info({table})")])
            what = "name" if table == "jails" else "*"
            for row in db.execute(f"SELECT {what} FROM {table} ORDER BY {order}"): print(row)
        print(sorted(r[0] for r in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'")))
        """, "", file);

    private byte[] Data()
    {
        using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT data FROM bans WHERE ip = '192.0.2.2'";
        return (byte[])command.ExecuteScalar()!;
    }

    private BanStore Open() => BanStore.Open(_file, new Log(new SilentSink(), "fail2ban"), TimeProvider.System);
}
