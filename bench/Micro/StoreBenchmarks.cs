using BenchmarkDotNet.Attributes;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Store;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Micro;

/// <summary>Bans that come at once, until all are on disk.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int Bans = 1000;

    private string _folder = "";
    private BanStore _store = null!;
    private Ban[] _bans = [];

    [IterationSetup]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("f2b-micro.").FullName;
        _store = BanStore.Open(Path.Combine(_folder, "db.sqlite3"), Lines.Silent, TimeProvider.System);
        _store.AddJailAsync("sshd").GetAwaiter().GetResult();
        _bans = [.. Enumerable.Range(0, Bans).Select(Make)];
    }

    [IterationCleanup]
    public void CleanUp()
    {
        _store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Bans)]
    public Task Bans_stored() => Task.WhenAll(_bans.Select(ban => _store.AddBanAsync("sshd", ban)));

    private static Ban Make(int number)
    {
        FailureId id = FailureId.Parse($"10.0.{number >> 8}.{number & 255}");
        MatchedLine line = new("", "Jan  5 18:26:41", $" srv01 sshd[1004]: Failed password for root from {id} port 43592 ssh2");
        return new Ban(new Ticket(id, null, DateTimeOffset.UtcNow, 5, [line, line, line], FailureData.Empty), new BanTime(600), 1, false);
    }
}
