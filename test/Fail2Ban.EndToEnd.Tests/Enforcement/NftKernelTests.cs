using System.Diagnostics;
using System.Net;
using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>The netlink layer alone, with sets that a test makes.</summary>
public sealed class NftKernelTests
{
    private static readonly NftSet Hash = new(1, "t", "hashes");
    private static readonly NftSet Interval = new(1, "t", "ranges");

    [Fact]
    public void Kernels_without_destroy_delete_what_is_there_and_take_what_is_not_as_done()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        MakeSets();
        using var kernel = new NftKernel(canDestroy: false);
        foreach (NftSet set in new[] { Hash, Interval })
        {
            ElementChange[] adds = [.. Enumerable.Range(0, 20).Select(i => Change(set, i, true))];
            kernel.Apply(adds);
            ElementChange[] deletes = [.. Enumerable.Range(10, 20).Select(i => Change(set, i, false))];
            kernel.Apply(deletes);
            Assert.All([.. adds, .. deletes], change => Assert.Equal(ElementResult.Done, ResultOf(change)));
            Assert.Equal(10, Count(set));
        }
    }

    [Fact]
    public void Whether_there_is_any_set_is_known_of_every_family()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        using var kernel = new NftKernel();
        Assert.False(kernel.HasAnySet());
        NetworkNamespace.Run(["nft", "add table ip a; add chain ip a c"]);
        Assert.False(kernel.HasAnySet());
        foreach (string family in new[] { "ip", "ip6", "inet", "bridge" })
        {
            NetworkNamespace.Run(["nft", $"add table {family} t; add set {family} t s {{ type ipv4_addr; }}"]);
            Assert.True(kernel.HasAnySet(), family);
            NetworkNamespace.Run(["nft", $"delete table {family} t"]);
            Assert.False(kernel.HasAnySet(), family);
        }

        // More than one answer of the kernel has room for.
        NetworkNamespace.Run(["nft", "add table inet t; " + string.Concat(Enumerable.Range(0, 500).Select(number => $"add set inet t s{number} {{ type ipv4_addr; }};"))]);
        Assert.True(kernel.HasAnySet());
        MakeSets();
        kernel.Apply([Change(Hash, 1, true)]);
        Assert.Equal(1, Count(Hash));
    }

    [Fact]
    public void Failed_mixed_transactions_keep_the_order_of_one_address()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        MakeSets();
        using var kernel = new NftKernel();
        kernel.Apply([new ElementChange(Interval, IpRange.Create(IPAddress.Parse("10.0.1.0"), 24), true)]);
        ElementChange bad = new(Interval, IpRange.Create(IPAddress.Parse("10.0.1.7")), true);
        kernel.Apply([Change(Interval, 1, true), bad, Change(Interval, 2, true), Change(Interval, 1, false), Change(Hash, 1, true)]);
        Assert.Equal(ElementOutcome.Refused, ResultOf(bad).Outcome);
        Assert.Equal(2, Count(Interval)); // the network and number 2
        Assert.Equal(1, Count(Hash));
    }

    [Fact]
    public void What_does_not_fit_into_a_set_is_refused_with_a_reason()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        MakeSets();
        using var kernel = new NftKernel();
        ElementChange network = new(Hash, IpRange.Create(IPAddress.Parse("10.0.0.0"), 24), true);
        ElementChange other = new(Hash, IpRange.Create(IPAddress.Parse("2001:db8::1")), true);
        ElementChange nowhere = Change(new NftSet(1, "t", "nowhere"), 1, true);
        ElementChange good = Change(Hash, 1, true);
        kernel.Apply([network, other, nowhere, good]);
        Assert.Equal("You must add 'flags interval' to your set declaration if you want to add prefix elements", ResultOf(network).Error);
        Assert.Equal("not a set of ipv6_addr", ResultOf(other).Error);
        Assert.Equal(ElementOutcome.NoSet, ResultOf(nowhere).Outcome);
        Assert.Equal(ElementResult.Done, ResultOf(good));
    }

    [Fact]
    public void A_hundred_thousand_elements_go_in_portions()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        MakeSets();
        using var kernel = new NftKernel();
        var single = Stopwatch.StartNew();
        for (int i = 0; i < 10_000; i++) kernel.Apply([Change(Hash, i, true)]);
        single.Stop();
        ElementChange[] changes = [.. Enumerable.Range(0, 100_000).Select(i => Change(Hash, i, true))];
        var batch = Stopwatch.StartNew();
        kernel.Apply(changes);
        batch.Stop();
        Console.WriteLine($"single {single.Elapsed.TotalMicroseconds / 10_000:0.00} us; in batches {batch.Elapsed.TotalMicroseconds / 100_000:0.00} us an element, {kernel.Transactions - 10_000} transactions");
        Assert.All(changes, change => Assert.Equal(ElementResult.Done, ResultOf(change)));
        Assert.Equal(100_000, Count(Hash));
    }

    [Fact]
    public void Transaction_that_is_larger_than_the_send_buffer_is_halved()
    {
        if (!NetworkNamespace.IsInside(this, asUser: true)) return;
        Assert.Equal(0, NetworkNamespace.Run(["sh", "-c", "nft add table inet t && nft add set inet t ranges '{ type ipv6_addr; flags interval,timeout; }'"]).Code);
        using var kernel = new NftKernel();
        ElementChange[] changes = [.. Enumerable.Range(0, 10_000).Select(number => new ElementChange(Interval, IpRange.Create(Six(number)), true, TimeSpan.FromHours(1)))];
        kernel.Apply(changes);
        Assert.All(changes, change => Assert.Equal(ElementResult.Done, ResultOf(change)));
        Assert.Equal(10_000, Count(Interval));

        static IPAddress Six(int number) => new([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)(number >> 7), (byte)(number << 1), 0]);
    }

    [Fact]
    public void In_a_container_a_set_is_replaced_as_far_as_the_send_buffer_allows_and_filled_up_by_what_follows()
    {
        if (!NetworkNamespace.IsInside(this, asUser: true)) return;
        MakeSets();
        using var kernel = new NftKernel();
        kernel.Apply([Change(Hash, 70_000, true)]);
        ElementChange[] wanted = [.. Enumerable.Range(0, 20_000).Select(number => Change(Hash, number, true))];
        Assert.Equal(ElementResult.Done, kernel.Replace(Hash, wanted));
        Assert.InRange(Count(Hash), 1000, 5000);
        kernel.Apply(wanted);
        Assert.All(wanted, change => Assert.Equal(ElementResult.Done, ResultOf(change)));
        Assert.Equal(20_000, Count(Hash));
    }

    [Fact]
    public void Lost_replies_of_the_kernel_leave_no_change_undecided()
    {
        if (!NetworkNamespace.IsInside(this)) return;
        MakeSets();
        using var kernel = new NftKernel(canDestroy: false);
        // Each delete of what is not there is an error of its own: more than the receive buffer holds (ENOBUFS).
        ElementChange[] changes = [.. Enumerable.Range(0, 700).SelectMany(number => new[] { Change(Hash, number, false), Change(Hash, number, true) })];
        kernel.Apply(changes);
        Assert.All(changes, change => Assert.Equal(ElementResult.Done, ResultOf(change)));
        Assert.Equal(700, Count(Hash));
    }

    // The kernel has answered before Apply returns.
    private static ElementResult ResultOf(ElementChange change)
    {
        Assert.True(change.Result.IsCompletedSuccessfully);
        return change.Result.GetAwaiter().GetResult();
    }

    private static ElementChange Change(NftSet set, int number, bool isAdd) =>
        new(set, IpRange.Create(new IPAddress([172, (byte)(number >> 16), (byte)(number >> 8), (byte)number])), isAdd);

    private static void MakeSets() => Assert.Equal(0, NetworkNamespace.Run(["sh", "-c",
        "nft add table inet t && nft add set inet t hashes '{ type ipv4_addr; }' && nft add set inet t ranges '{ type ipv4_addr; flags interval; }'"]).Code);

    private static int Count(NftSet set)
    {
        (_, string text) = NetworkNamespace.Run(["nft", "list", "set", "inet", set.Table, set.Name]);
        int start = text.IndexOf("elements = {", StringComparison.Ordinal);
        return start < 0 ? 0 : text[start..].Split(',').Length;
    }
}
