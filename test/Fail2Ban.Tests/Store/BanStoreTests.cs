using Fail2Ban.Store;
using Fail2Ban.Tests.Tracking;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Tests.Store;

public sealed class BanStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-store").FullName;
    private readonly string _file;
    private readonly ListSink _sink = new();
    private readonly ManualTime _time = new();

    public BanStoreTests() => _file = Path.Combine(_folder, "db.sqlite3");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task New_database_is_created_private_and_said_so()
    {
        await using (BanStore store = Open()) Assert.True(await store.AddJailAsync("sshd"));
        Assert.Equal(
            [$"Info Connected to fail2ban persistent database '{_file}'", "Warning New database created. Version '4'", "Info Connection to database closed."],
            _sink.Lines);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
        Assert.Equal("delete", Query("PRAGMA journal_mode"));
        Assert.Equal("4", Query("SELECT version FROM fail2banDb"));
        Assert.False(File.Exists(_file + "-wal"));
    }

    [Fact]
    public async Task Folder_is_created_but_only_the_last_level()
    {
        await using (BanStore store = Open(Path.Combine(_folder, "a", "db"))) Assert.True(await store.FlushAsync());
        Assert.Equal("unable to open database file", Assert.Throws<StoreException>(() => Open(Path.Combine(_folder, "x", "y", "db"))).Message);
        Assert.Contains($"Error Error connecting to fail2ban persistent database '{Path.Combine(_folder, "x", "y", "db")}': unable to open database file", _sink.Lines);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bans_come_back(bool inMemory)
    {
        await using BanStore store = Open(inMemory ? ":memory:" : _file);
        await store.AddJailAsync("sshd");
        Ticket ticket = Attempts.Ticket("198.51.100.0/24", 0.5);
        Assert.True(await store.AddBanAsync("sshd", new Ban(ticket, new BanTime(960.5), 3, false)));
        Assert.True(await store.AddBanAsync("sshd", new Ban(Attempts.Ticket("192.0.2.9", address: null), new BanTime(600), 1, false)));
        Assert.True(await store.AddBanAsync("sshd", new Ban(Attempts.Ticket("sess", address: "192.0.2.1"), BanTime.Permanent, 1, false)));

        IReadOnlyList<StoredBan> bans = (await store.CurrentBansAsync("sshd"))!;

        Assert.Equal(["192.0.2.9", "198.51.100.0/24", "sess"], bans.Select(ban => ban.Ticket.Id.ToString()));
        Assert.Equal((960.5, 3, 3), (bans[1].Time.Seconds, bans[1].Count, bans[1].Ticket.Failures));
        Assert.Equal(Attempts.Start, bans[1].Ticket.Time);
        Assert.Equal(ticket.Matches[0], bans[1].Ticket.Matches[0]);
        Assert.Equal("bob", bans[1].Ticket.Data["user"]);
        Assert.Equal((Attempts.Id("192.0.2.1"), true), (bans[2].Ticket.Address, bans[2].Time.IsPermanent));
        Assert.Empty((await store.CurrentBansAsync("other"))!);
    }

    [Fact]
    public async Task Only_bans_in_force_come_back()
    {
        await using BanStore store = await OpenWithBans(("a", "192.0.2.1", 0, 600), ("a", "192.0.2.2", -500, 600), ("a", "192.0.2.3", -700, 600), ("a", "192.0.2.4", -9000, -1), ("a", "192.0.2.5", -9000, -2));
        Assert.Equal(["192.0.2.1", "192.0.2.2", "192.0.2.4", "192.0.2.5"], (await store.CurrentBansAsync("a"))!.Select(ban => ban.Ticket.Id.ToString()));
        Assert.Equal(["192.0.2.1"], (await store.CurrentBansAsync("a", TimeSpan.FromSeconds(400)))!.Select(ban => ban.Ticket.Id.ToString()));
    }

    [Fact]
    public async Task History_is_of_one_jail_or_of_all()
    {
        await using BanStore store = await OpenWithBans(("a", "192.0.2.1", -5000, 600), ("a", "192.0.2.1", -3000, 1200), ("b", "192.0.2.1", -1000, 60));
        Assert.Equal(new BanHistory(2, Attempts.Start.AddSeconds(-3000), new BanTime(1200)), await store.HistoryAsync("a", "192.0.2.1"));
        Assert.Equal(new BanHistory(5, Attempts.Start.AddSeconds(-1000), new BanTime(1260)), await store.HistoryAsync(null, "192.0.2.1"));
        Assert.Null(await store.HistoryAsync("a", "192.0.2.2"));
    }

    [Fact]
    public async Task Merged_lines_are_the_last_ones_oldest_first()
    {
        await using BanStore store = await OpenWithBans(("a", "192.0.2.1", -50, 600), ("a", "192.0.2.1", -30, 600), ("b", "192.0.2.1", -10, 600));
        store.MaxMatches = 2;
        MergedBans merged = (await store.MergedAsync(null, "192.0.2.1"))!;
        Assert.Equal(9, merged.Failures);
        Assert.Equal(["2 in a", "3 in b"], merged.Matches);
        Assert.Equal(["1 in a", "2 in a"], (await store.MergedAsync("a", "192.0.2.1"))!.Matches);
        Assert.Null(await store.MergedAsync("a", "192.0.2.2"));
    }

    [Fact]
    public async Task Unban_deletes_the_rows()
    {
        await using BanStore store = await OpenWithBans(("a", "192.0.2.1", 0, 600), ("b", "192.0.2.1", 0, 600), ("b", "192.0.2.2", 0, 600), ("c", "192.0.2.3", 0, 600));
        await store.DeleteBansAsync("a", "192.0.2.1");
        Assert.Equal(3, (await store.CurrentBansAsync(null))!.Count);
        await store.DeleteAllBansAsync("b");
        Assert.Equal(["192.0.2.3"], (await store.CurrentBansAsync(null))!.Select(ban => ban.Ticket.Id.ToString()));
        await store.DeleteBansAsync("c", "192.0.2.9", "192.0.2.3");
        Assert.Empty((await store.CurrentBansAsync(null))!);
    }

    [Fact]
    public async Task Purge_keeps_what_counts()
    {
        await using (BanStore store = await OpenWithBans(("a", "192.0.2.1", -90_000, 600), ("a", "192.0.2.2", -90_000, 5000), ("a", "192.0.2.3", -90_000, -1), ("gone", "192.0.2.4", -90_000, 600), ("a", "192.0.2.5", -80_000, 600),
            ("a", "192.0.2.6", -90_000, 1500), ("a", "192.0.2.7", -90_000, 1100))) // three times the ban time counts
        {
            await store.DisableJailAsync("gone");
            await store.AddLogAsync("gone", "/x", new StoredPosition(1, "h"));
            Assert.True(await store.PurgeAsync());
        }

        Assert.Equal("192.0.2.5", Query("SELECT group_concat(ip) FROM bans"));
        Assert.Equal("192.0.2.2,192.0.2.3,192.0.2.5,192.0.2.6", Query("SELECT group_concat(ip) FROM (SELECT ip FROM bips ORDER BY ip)"));
        Assert.Equal("a", Query("SELECT group_concat(name) FROM jails"));
        Assert.Equal("0", Query("SELECT count(*) FROM logs"));
    }

    [Fact]
    public async Task Start_disables_the_jails_until_they_are_added()
    {
        await using (BanStore store = Open())
        {
            await store.AddJailAsync("a");
            await store.AddJailAsync("b");
        }

        await using (BanStore store = Open()) await store.AddJailAsync("b");
        Assert.Equal("a0,b1", Query("SELECT group_concat(name || enabled) FROM (SELECT * FROM jails ORDER BY name)"));
    }

    [Fact]
    public async Task A_position_knows_its_file_until_somebody_else_moves_it()
    {
        var position = new StoredPosition(1234, "h1", Device: ulong.MaxValue - 1, Inode: 77);
        await using (BanStore store = Open())
        {
            await store.AddJailAsync("a");
            await store.UpdateLogAsync("a", "/var/log/x", position);
            await store.UpdateLogAsync("a", "/var/log/y", position);
            await store.UpdateLogAsync("a", "/var/log/y", new StoredPosition(1235, "h1"));
        }

        await using (BanStore store = Open())
        {
            Assert.Equal(position, await store.FindLogAsync("a", "/var/log/x"));
            Assert.Equal(new StoredPosition(1235, "h1"), await store.FindLogAsync("a", "/var/log/y"));
        }

        // fail2ban knows the table logs only.
        Query("UPDATE logs SET lastfilepos = 2000 WHERE path = '/var/log/x'");
        await using (BanStore store = Open()) Assert.Equal(new StoredPosition(2000, "h1"), await store.FindLogAsync("a", "/var/log/x"));
    }

    [Fact]
    public async Task Positions_hold_for_the_same_first_line()
    {
        await using (BanStore store = Open())
        {
            await store.AddJailAsync("a");
            Assert.Null(await store.AddLogAsync("a", "/var/log/x", new StoredPosition(0, "h1")));
            await store.UpdateLogAsync("a", "/var/log/x", new StoredPosition(1234, "h1"));
            await store.UpdateLogAsync("a", "systemd-journal", new StoredPosition(1700000000.25, "2023-11-14T22:13:20"));
        }

        await using (BanStore store = Open())
        {
            Assert.Equal(new StoredPosition(1234, "h1"), await store.AddLogAsync("a", "/var/log/x", new StoredPosition(9, "h1")));
            Assert.Null(await store.AddLogAsync("a", "/var/log/x", new StoredPosition(9, "h2")));
            Assert.Equal(1700000000.25, (await store.AddLogAsync("a", "systemd-journal", new StoredPosition(0, "2023-11-14T22:13:20")))!.Offset);
        }

        await using (BanStore store = Open())
        {
            Assert.Equal(new StoredPosition(1234, "h1"), await store.AddLogAsync("a", "/var/log/x", new StoredPosition(9, "h1")));
            await store.DeleteLogAsync("a", "/var/log/x");
            Assert.Null(await store.AddLogAsync("a", "/var/log/x", new StoredPosition(9, "h1")));
        }
    }

    [Fact]
    public async Task Ban_of_an_unknown_jail_is_refused_alone()
    {
        await using BanStore store = Open();
        await store.AddJailAsync("a");
        Task<bool>[] writes = [store.AddBanAsync("x", Ban("192.0.2.1", 0, 600)), store.AddBanAsync("a", Ban("192.0.2.2", 0, 600))];
        bool[] written = await Task.WhenAll(writes);
        Assert.Equal([false, true], written);
        Assert.Contains(_sink.Lines, line => line.StartsWith("Error Database", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lock_of_another_process_does_not_stop_bans()
    {
        await using BanStore store = new StoreOn(_file, _sink).Store;
        await store.AddJailAsync("a");
        Task<bool> late;
        using (var other = new SqliteConnection($"Data Source={_file};Pooling=False"))
        {
            other.Open();
            Execute(other, "BEGIN IMMEDIATE");
            Assert.False(await store.AddBanAsync("a", Ban("192.0.2.1", 0, 600)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            Assert.Empty((await store.CurrentBansAsync("a"))!);
            late = store.AddBanAsync("a", Ban("192.0.2.2", 0, 600));
            Execute(other, "ROLLBACK");
        }

        await late;
        Assert.True(await store.FlushAsync());
        Assert.Equal("2", Query("SELECT count(*) FROM bans"));
        Assert.Single(_sink.Lines, line => line.StartsWith("Error Cannot write", StringComparison.Ordinal));
        Assert.Single(_sink.Lines, line => line.StartsWith("Notice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_bans_are_written_quickly()
    {
        await using BanStore store = Open();
        await store.AddJailAsync("a");
        const int Count = 20_000;
        var tasks = new List<Task<bool>>(Count);
        long started = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < Count; i++) tasks.Add(store.AddBanAsync("a", Ban($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", 0, 600)));
        Assert.All(await Task.WhenAll(tasks), Assert.True);
        TimeSpan elapsed = TimeProvider.System.GetElapsedTime(started);
        TestContext.Current.TestOutputHelper?.WriteLine($"{Count / elapsed.TotalSeconds:F0} bans/s");
        Assert.Equal(Count, (await store.CurrentBansAsync("a"))!.Count);
    }

    private BanStore Open(string? file = null) => BanStore.Open(file ?? _file, _sink.Log, _time);

    private async Task<BanStore> OpenWithBans(params (string Jail, string Id, double Begin, double Time)[] bans)
    {
        BanStore store = Open();
        int number = 0;
        foreach ((string jail, string id, double begin, double time) in bans)
        {
            number++;
            await store.AddJailAsync(jail);
            Ban ban = Ban(id, begin, time, number);
            Assert.True(await store.AddBanAsync(jail, ban with { Ticket = ban.Ticket with { Matches = [new("", "", $"{number} in {jail}")] } }));
        }

        return store;
    }

    private static Ban Ban(string id, double begin, double time, int count = 1) => new(Attempts.Ticket(id, begin), new BanTime(time), count, false);

    private string? Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    // The patience with a lock runs on a clock that moves.
    private sealed record StoreOn(string File, ListSink Sink)
    {
        public BanStore Store { get; } = BanStore.Open(File, Sink.Log, TimeProvider.System);
    }
}
