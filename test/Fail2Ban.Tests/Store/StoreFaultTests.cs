using System.Collections.Concurrent;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Store;
using Fail2Ban.Tests.Tracking;
using Fail2Ban.Tracking.Bans;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Tests.Store;

/// <summary>A fault of the file costs no ban, is told once, and leaves nothing behind when it ends.</summary>
public sealed class StoreFaultTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-fault").FullName;
    private readonly string _file;
    private readonly ListSink _sink = new();
    private readonly ManualTime _time = new();

    public StoreFaultTests() => _file = Path.Combine(_folder, "db.sqlite3");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_thousand_bans_while_the_file_is_locked_are_one_line_in_the_log_and_all_rows_afterwards()
    {
        await using BanStore store = Open();
        await store.AddJailAsync("a");
        using (SqliteConnection other = Connect())
        {
            Execute(other, "BEGIN EXCLUSIVE");
            Task<bool>[] writes = [.. Enumerable.Range(0, 1000).Select(number => store.AddBanAsync("a", Ban(number)))];
            Assert.All(await Task.WhenAll(writes), Assert.False);
            for (int position = 0; position < 5000; position++) _ = store.UpdateLogAsync("a", "/x", new StoredPosition(position, "h"));
            Assert.False(await store.DeleteBansAsync("a", Ban(7).Ticket.Id.ToString()));
            Execute(other, "ROLLBACK");
        }

        await Eventually(() => store.FlushAsync());
        Assert.Equal(("999", "4999"), (Query("SELECT count(*) FROM bips"), Query("SELECT lastfilepos FROM logs")));
        Assert.Single(_sink.Lines, line => line.StartsWith("Error ", StringComparison.Ordinal));
        Assert.Single(_sink.Lines, line => line.Contains("can be written again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deletion_is_never_lost_however_many_changes_wait()
    {
        int asked = 0;
        await using BanStore store = Open();
        store.RowsMissing = () => Interlocked.Increment(ref asked);
        await store.AddJailAsync("a");
        await store.AddJailAsync("b");
        for (int number = 0; number < 10; number++) _ = store.AddBanAsync("a", Ban(number));
        Assert.True(await store.AddBanAsync("b", Ban(1)));
        using (SqliteConnection other = Connect())
        {
            Execute(other, "BEGIN EXCLUSIVE");
            _ = store.DeleteBansAsync("a", IdOf(1), IdOf(2));
            _ = store.DeleteAllBansAsync("b");
            Assert.False(await store.AddBanAsync("a", Ban(2)));
            for (int number = 100; number < 260_000; number++) _ = store.AddBanAsync("a", Ban(number));
            _ = store.DeleteBansAsync("a", IdOf(3), IdOf(259_999));
            Assert.False(await store.FlushAsync());
            Execute(other, "ROLLBACK");
        }

        await Eventually(() => Task.FromResult(Volatile.Read(ref asked) > 0));
        Assert.True(await store.FlushAsync());
        Assert.Equal(("7", "0"), (Query($"SELECT count(*) FROM bips WHERE jail = 'a' AND ip LIKE '10.0.0._'"), Query("SELECT count(*) FROM bips WHERE jail = 'b'")));
        Assert.Equal("0", Query($"SELECT count(*) FROM bips WHERE ip IN ('{IdOf(1)}', '{IdOf(3)}', '{IdOf(259_999)}')"));
        Assert.Contains(_sink.Lines, line => line.Contains("could not be kept in memory any longer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_locked_file_is_waited_for_at_start()
    {
        await using (BanStore store = Open()) await store.AddJailAsync("a");
        using SqliteConnection other = Connect();
        Execute(other, "BEGIN EXCLUSIVE");
        Task<BanStore> opening = Task.Factory.StartNew(() => Open(), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually(() => Task.FromResult(_sink.Lines.Any(line => line.Contains("cannot be opened yet: database is locked", StringComparison.Ordinal))));
        Execute(other, "ROLLBACK");
        await using BanStore opened = await opening;
        Assert.True(await opened.AddBanAsync("a", Ban(1)));
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_in_use_is_replaced_and_the_bans_in_force_are_asked_for()
    {
        int asked = 0;
        await using BanStore store = Open();
        store.RowsMissing = () => Interlocked.Increment(ref asked);
        await store.AddJailAsync("a");
        for (int number = 0; number < 3000; number++) _ = store.AddBanAsync("a", Ban(number));
        Assert.True(await store.FlushAsync());
        using (SqliteConnection other = Connect()) Execute(other, "PRAGMA wal_checkpoint(TRUNCATE)");
        Damage(new string('x', 500_000));

        // Reading or writing, whatever comes first, meets the damage.
        await Eventually(async () => (await store.CurrentBansAsync("a")) is not null & await store.AddBanAsync("a", Ban(4000)) & Volatile.Read(ref asked) > 0);
        Assert.Single(_sink.Lines, line => line.Contains("is damaged: ", StringComparison.Ordinal) || line.StartsWith("Error Cannot read", StringComparison.Ordinal));
        Assert.Single(Directory.GetFiles(_folder, "db.sqlite3.2*"), file => !file.EndsWith("-wal", StringComparison.Ordinal) && !file.EndsWith("-shm", StringComparison.Ordinal));
        Assert.True(await store.CompleteAsync("a", [.. Enumerable.Range(0, 3000).Select(number => Ban(number)), Ban(4000)]));
        Assert.Equal(3001, (await store.CurrentBansAsync("a"))!.Count);
    }

    // What stands in the cache is not read again: only that somebody wrote to the file tells of it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_to_a_file_at_rest_is_noticed_within_a_minute(bool isWrittenMeanwhile)
    {
        var clock = new Time.WallClock();
        int asked = 0;
        await using BanStore store = BanStore.Open(_file, _sink.Log, clock);
        store.RowsMissing = () => Interlocked.Increment(ref asked);
        await store.AddJailAsync("a");
        Ban[] bans = [.. Enumerable.Range(0, 3000).Select(Ban)];
        foreach (Ban ban in bans) _ = store.AddBanAsync("a", ban);
        Assert.True(await store.FlushAsync());
        clock.Pass(61); // a checkpoint: the rows stand in the file itself
        Assert.True(await store.FlushAsync());
        string root = Query("SELECT rootpage FROM sqlite_schema WHERE name = 'bips'")!;
        using (FileStream file = new(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = (int.Parse(root, System.Globalization.CultureInfo.InvariantCulture) - 1) * 4096L;
            file.Write(new byte[512]);
        }

        if (isWrittenMeanwhile) Assert.True(await store.UpdateLogAsync("a", "/x", new StoredPosition(1, "h")));
        Assert.Equal(0, Volatile.Read(ref asked));
        clock.Pass(61);
        await Eventually(() => Task.FromResult(Volatile.Read(ref asked) > 0));
        Assert.True(await store.CompleteAsync("a", bans));
        Assert.Equal(("ok", "3000"), (Query("PRAGMA integrity_check"), Query("SELECT count(*) FROM bips")));
        Assert.Single(_sink.Lines, line => line.Contains("is damaged: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_others_write_to_in_a_proper_way_stays()
    {
        var clock = new Time.WallClock();
        await using BanStore store = BanStore.Open(_file, _sink.Log, clock);
        await store.AddJailAsync("a");
        Assert.True(await store.AddBanAsync("a", Ban(1)));
        using (SqliteConnection other = Connect())
        {
            Execute(other, "DELETE FROM logs");
            Execute(other, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        clock.Pass(61);
        Assert.True(await store.AddBanAsync("a", Ban(2)));
        Assert.Equal("2", Query("SELECT count(*) FROM bips"));
        Assert.DoesNotContain(_sink.Lines, line => line.StartsWith("Error ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_in_use_is_made_anew_within_a_minute()
    {
        var clock = new Time.WallClock();
        var asked = new ConcurrentQueue<string>();
        await using BanStore store = BanStore.Open(_file, _sink.Log, clock);
        store.RowsMissing = () => asked.Enqueue("asked");
        await store.AddJailAsync("a");
        Assert.True(await store.AddBanAsync("a", Ban(1)));
        foreach (string file in Directory.GetFiles(_folder)) File.Delete(file);
        clock.Pass(61);
        await Eventually(() => Task.FromResult(!asked.IsEmpty));
        Assert.True(await store.CompleteAsync("a", [Ban(1)]));
        Assert.Equal("1", Query("SELECT count(*) FROM bips"));
        Assert.Contains($"Error Database '{_file}' was deleted while in use; a new one is made", _sink.Lines);
        Assert.Contains($"Notice Database '{_file}': 1 ban(s) of jail 'a' were missing and are stored again", _sink.Lines);
    }

    [Fact]
    public async Task A_file_whose_folder_goes_and_comes_back_is_used_again()
    {
        var clock = new Time.WallClock();
        string folder = Path.Combine(_folder, "of"), away = Path.Combine(_folder, "away"), file = Path.Combine(folder, "db.sqlite3");
        Directory.CreateDirectory(folder);
        await using (BanStore store = BanStore.Open(file, _sink.Log, clock))
        {
            await store.AddJailAsync("a");
            Assert.True(await store.AddBanAsync("a", Ban(1)));
            Directory.Move(folder, away);
            File.WriteAllText(folder, "nothing can be made here");
            await Eventually(() =>
            {
                clock.Pass(61);
                return Task.FromResult(_sink.Lines.Any(line => line.StartsWith("Error Cannot write", StringComparison.Ordinal)));
            });
            for (int number = 2; number < 5; number++) Assert.False(await store.AddBanAsync("a", Ban(number)));
            clock.Pass(61);
            Assert.False(await store.FlushAsync());
            File.Delete(folder);
            Directory.Move(away, folder);
            await Eventually(() =>
            {
                clock.Pass(61);
                return store.FlushAsync();
            });
            Assert.Equal(4, (await store.CurrentBansAsync("a"))!.Count);
        }

        Assert.InRange(_sink.Lines.Count(line => line.StartsWith("Error ", StringComparison.Ordinal)), 1, 5);
    }

    [Fact]
    public async Task Changes_that_are_refused_for_the_same_reason_are_told_once()
    {
        await using BanStore store = Open();
        for (int number = 0; number < 100; number++) Assert.False(await store.AddBanAsync("unknown", Ban(number)));
        Assert.Single(_sink.Lines, line => line.StartsWith("Error ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // as the original makes its files: rewritten once
    public async Task A_file_that_was_large_is_small_again_after_the_purge(bool isOurs)
    {
        if (!isOurs)
        {
            using SqliteConnection theirs = Connect();
            Execute(theirs, "CREATE TABLE fail2banDb(version INTEGER)");
        }

        var clock = new Time.WallClock();
        await using BanStore store = BanStore.Open(_file, _sink.Log, clock);
        await store.AddJailAsync("a");
        Ban wordy = Ban(0);
        wordy = wordy with { Ticket = wordy.Ticket with { Matches = [.. Enumerable.Repeat(new MatchedLine("", "", new string('m', 1000)), 10)] } };
        for (int number = 0; number < 1500; number++) _ = store.AddBanAsync("a", wordy with { Ticket = wordy.Ticket with { Id = Attempts.Id($"10.1.{number >> 8}.{number & 255}") } });
        Assert.True(await store.FlushAsync());
        clock.Step(3 * 86400);
        Assert.True(await store.PurgeAsync());
        await Eventually(() =>
        {
            clock.Pass(61); // a checkpoint
            return Task.FromResult(new FileInfo(_file).Length < 2_000_000 && Query("PRAGMA freelist_count") is "0" or { Length: < 3 });
        });
        Assert.Equal("2", Query("PRAGMA auto_vacuum"));
        Assert.Equal("ok", Query("PRAGMA integrity_check"));
    }

    private BanStore Open() => BanStore.Open(_file, _sink.Log, _time);

    private static Ban Ban(int number) => new(Attempts.Ticket(IdOf(number)), new BanTime(600), 1, false);

    private static string IdOf(int number) => $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}";

    private void Damage(string text)
    {
        using FileStream file = new(_file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    private async Task Eventually(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            Assert.False(patience.IsCancellationRequested, string.Join('\n', _sink.Lines));
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private string? Query(string sql)
    {
        using SqliteConnection connection = Connect();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }
}
