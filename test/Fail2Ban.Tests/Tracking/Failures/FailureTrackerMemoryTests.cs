using System.Globalization;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Tracking.Failures;

/// <summary>Runs alone: the heap of the whole process is measured.</summary>
[CollectionDefinition(nameof(FailureTrackerMemoryTests), DisableParallelization = true)]
[Collection(nameof(FailureTrackerMemoryTests))]
public sealed class FailureTrackerMemoryTests
{
    [Fact]
    public void A_million_attackers_fit_into_the_memory()
    {
        const int Count = 200_000; // a fifth: the test shall be fast
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var tracker = new FailureTracker();
        string line = " srv sshd[12345]: Failed password for invalid user admin from 192.0.2.2 port 40000 ssh2";
        for (int i = 0; i < Count; i++)
        {
            string user = "admin" + i.ToString(CultureInfo.InvariantCulture);
            var id = FailureId.Of(IpRange.Create(new System.Net.IPAddress(i + 0x01000000L)));
            var failure = new Failure(id, null, null, Attempts.Start, [new MatchedLine("", "Nov 14 22:13:20", line.Replace("admin", user, StringComparison.Ordinal))], Attempts.Data(("user", user), ("ip4", "192.0.2.2")));
            tracker.Add(id, null, failure);
        }

        long bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / Count;
        Assert.Equal(Count, tracker.Current);
        Assert.True(bytes < 215, $"{bytes} bytes for each id");
    }
}
