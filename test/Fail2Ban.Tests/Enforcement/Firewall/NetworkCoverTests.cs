using System.Net;
using CsCheck;
using Fail2Ban.Addresses;
using Fail2Ban.Enforcement.Firewall;

namespace Fail2Ban.Tests.Enforcement.Firewall;

public sealed class NetworkCoverTests
{
    private static readonly DateTimeOffset End = DateTimeOffset.UnixEpoch.AddYears(60);

    // Few bits, so that networks meet: 10.0.0.0/8 and smaller ones, the ends of the address space, and all of it.
    private static readonly Gen<IpRange> Network = Gen.OneOf(
        Gen.Select(Gen.UInt[0, 15], Gen.Int[24, 32]).Select((low, length) => IpRange.Create((UInt128)(0x0a000000 + (low << 4)), false, length)),
        Gen.Select(Gen.UInt[0, 15], Gen.Int[0, 31]).Select((low, length) => IpRange.Create((UInt128)(0xfffffff0 + low), false, length)));

    [Fact]
    public void Kernel_always_holds_exactly_the_networks_that_lie_in_no_other_one() =>
        Gen.Select(Network, Gen.Bool).Array[1, 60].Sample(steps =>
        {
            var cover = new NetworkCover();
            HashSet<IpRange> banned = [], kernel = [];
            foreach ((IpRange network, bool isBan) in steps)
            {
                if (isBan) banned.Add(network);
                else banned.Remove(network);
                foreach (NetworkStep step in isBan ? cover.Add(network, End) : cover.Remove(network))
                {
                    if (!step.IsAdd) kernel.Remove(step.Network);
                    else Assert.DoesNotContain(kernel, other => other != step.Network && (other.Contains(step.Network) || step.Network.Contains(other)));
                    if (step.IsAdd) kernel.Add(step.Network);
                }

                HashSet<IpRange> outermost = [.. banned.Where(one => !banned.Any(other => other != one && other.Contains(one)))];
                if (!outermost.SetEquals(kernel) || !outermost.SetEquals(cover.Outermost().Select(item => item.Network))) return false;
            }

            return true;
        });

    [Fact]
    public void Network_that_comes_back_keeps_its_own_end()
    {
        var cover = new NetworkCover();
        IpRange inner = Range("192.0.2.0", 24), outer = Range("192.0.0.0", 16);
        cover.Add(inner, End);
        Assert.Equal([new(inner, false, default), new(outer, true, End.AddDays(1))], cover.Add(outer, End.AddDays(1)));
        Assert.Empty(cover.Add(inner, End.AddHours(1)));
        Assert.Equal([new(outer, false, default), new(inner, true, End.AddHours(1))], cover.Remove(outer));
    }

    [Fact]
    public void Longer_ban_of_a_network_takes_the_place_of_the_shorter_one()
    {
        var cover = new NetworkCover();
        IpRange network = Range("2001:db8::", 32);
        cover.Add(network, End);
        Assert.Equal([new(network, false, default), new(network, true, End.AddDays(1))], cover.Add(network, End.AddDays(1)));
    }

    private static IpRange Range(string address, int length) => IpRange.Create(IPAddress.Parse(address), length);
}
