using Fail2Ban.Store;
using Fail2Ban.Tests.Tracking;
using Fail2Ban.Tracking.Bans;
using Microsoft.Data.Sqlite;

namespace Fail2Ban.Tests.Store;

public sealed class DatabaseFileTests : IDisposable
{
    private const string Stamp = "20231114-221320"; // of the clock that stands

    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-db").FullName;
    private readonly string _file;
    private readonly ListSink _sink = new();
    private readonly ManualTime _time = new();

    public DatabaseFileTests() => _file = Path.Combine(_folder, "db.sqlite3");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Old_versions_are_upgraded_and_backed_up(int version)
    {
        Execute("CREATE TABLE fail2banDb(version INTEGER)", $"INSERT INTO fail2banDb VALUES({version})",
            "CREATE TABLE jails(name TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1)", "INSERT INTO jails VALUES('a', 1)",
            "CREATE TABLE logs(jail TEXT NOT NULL, path TEXT, firstlinemd5 TEXT, lastfilepos INTEGER DEFAULT 0, FOREIGN KEY(jail) REFERENCES jails(name) ON DELETE CASCADE, UNIQUE(jail, path))",
            "INSERT INTO logs VALUES('a', '/x', 'h', 5)",
            version < 3
                ? "CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, data JSON, FOREIGN KEY(jail) REFERENCES jails(name))"
                : "CREATE TABLE bans(jail TEXT NOT NULL, ip TEXT, timeofban INTEGER NOT NULL, bantime INTEGER NOT NULL, bancount INTEGER NOT NULL default 1, data JSON, FOREIGN KEY(jail) REFERENCES jails(name))",
            "CREATE INDEX bans_ip ON bans(ip)",
            version < 3 ? "INSERT INTO bans VALUES('a', '192.0.2.1', 1699999990.5, '{\"failures\": 7}')" : "INSERT INTO bans VALUES('a', '192.0.2.1', 1699999990.5, 600, 2, '{\"failures\": 7}')");

        await using (BanStore store = BanStore.Open(_file, _sink.Log, _time))
        {
            StoredBan ban = Assert.Single((await store.CurrentBansAsync("a"))!);
            Assert.Equal(version < 3 ? (-2, 1, 7) : (600, 2, 7), (ban.Time.Seconds, ban.Count, ban.Ticket.Failures));
            Assert.Equal(5, (await store.AddLogAsync("a", "/x", new StoredPosition(0, "h")))!.Offset);
        }

        string backup = $"{_file}.{Stamp}";
        Assert.True(File.Exists(backup));
        Assert.Equal(
            [$"Info Connected to fail2ban persistent database '{_file}'", $"Info Upgrade database: {backup} from version '{version}'", $"Info   Database backup created: {backup}", $"Warning Database updated from '{version}' to '4'", "Info Connection to database closed."],
            _sink.Lines);
    }

    [Fact]
    public void Newer_version_is_left_alone()
    {
        Execute("CREATE TABLE fail2banDb(version INTEGER)", "INSERT INTO fail2banDb VALUES(5)");
        Assert.StartsWith("Attempt to travel to future version", Assert.Throws<StoreException>(() => BanStore.Open(_file, _sink.Log, _time)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_upgrade_starts_afresh_and_keeps_the_old_file()
    {
        Execute("CREATE TABLE fail2banDb(version INTEGER)", "INSERT INTO fail2banDb VALUES(1)", "CREATE TABLE logs(jail TEXT)");
        await using (BanStore store = BanStore.Open(_file, _sink.Log, _time)) Assert.True(await store.AddJailAsync("a"));
        Assert.Contains(_sink.Lines, line => line.StartsWith($"Error Failed to upgrade database '{_file}': ", StringComparison.Ordinal));
        Assert.True(File.Exists($"{_file}.{Stamp}.1"));
    }

    [Fact]
    public async Task What_is_no_database_is_moved_aside()
    {
        File.WriteAllText(_file, new string('x', 5000));
        await using (BanStore store = BanStore.Open(_file, _sink.Log, _time)) Assert.True(await store.AddJailAsync("a"));
        Assert.Equal(new string('x', 5000), File.ReadAllText($"{_file}.{Stamp}"));
        Assert.Equal(
            [
                $"Error Error opening fail2ban persistent database '{_file}': file is not a database",
                $"Info Trying to repair database {_file}",
                $"Warning Broken database '{_file}' was moved to '{_file}.{Stamp}'",
                "Info Repair seems to be failed, restored 0 byte(s).",
                $"Error Error repairing of fail2ban database '{_file}': Recreate ...",
                "Warning New database created. Version '4'",
                "Info Connection to database closed.",
            ],
            _sink.Lines);
    }

    [Fact]
    public async Task What_can_be_read_of_a_broken_database_is_kept()
    {
        await using (BanStore store = BanStore.Open(_file, _sink.Log, _time))
        {
            await store.AddJailAsync("a");
            for (int i = 0; i < 3000; i++) _ = store.AddBanAsync("a", new Ban(Attempts.Ticket($"10.0.{i >> 8}.{i & 255}"), new BanTime(600), 1, false));
            await store.FlushAsync();
        }

        // The version's page, so that opening fails, and some pages of the bans.
        long page = (long)Scalar("SELECT rootpage FROM sqlite_master WHERE name = 'fail2banDb'")!;
        using (FileStream file = File.OpenWrite(_file))
        {
            file.Position = (page - 1) * 4096;
            file.Write(new byte[4096]);
            file.Position = file.Length - 60_000;
            file.Write(new byte[50_000]);
        }

        await using (BanStore store = BanStore.Open(_file, _sink.Log, _time)) Assert.NotEmpty((await store.CurrentBansAsync("a"))!);
        Assert.Contains(_sink.Lines, line => line.StartsWith("Info Repair seems to be successful, restored ", StringComparison.Ordinal));
    }

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private void Execute(params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={_file};Pooling=False");
        connection.Open();
        foreach (string statement in statements)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
