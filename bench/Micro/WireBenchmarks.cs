using BenchmarkDotNet.Attributes;
using Fail2Ban.Addresses;
using Fail2Ban.Control.Wire;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tags;

namespace Fail2Ban.Micro;

/// <summary>What leaves the program: commands, answers, messages to the kernel.</summary>
[MemoryDiagnoser]
public class WireBenchmarks
{
    private static readonly NftSet Set = new(1, "f2b-table", "addr-set-sshd");
    private static readonly NftSetFacts Facts = new(7, 4, 0x10);

    private readonly byte[] _request = Pickle.Encode(new List<object?> { "set", "sshd", "banip", "192.0.2.1" });
    private readonly object _answer = new List<object?>(Enumerable.Range(0, 1000).Select(n => (object?)$"192.0.{n >> 8}.{n & 255}"));
    private readonly List<ElementChange> _changes = [.. Enumerable.Range(0, 1000).Select(n => new ElementChange(Set, FailureId.Parse($"10.0.{n >> 8}.{n & 255}").Range!.Value, true, TimeSpan.FromHours(1)))];
    private readonly ElementTransaction _transaction = new();

    [Benchmark]
    public object? Request_read() => Pickle.TryDecode(_request, out object? value, out _) ? value : null;

    [Benchmark]
    public byte[] Answer_of_a_thousand_addresses() => Pickle.Encode(_answer);

    [Benchmark]
    public int Transaction_of_a_thousand_elements()
    {
        uint sequence = 1;
        _transaction.Write(_changes, static _ => Facts, 1, ref sequence, destroy: false);
        return _transaction.Bytes.Length;
    }

    [Benchmark]
    public ShellText Command_with_its_tags() => DynamicTags.ForShell(
        "<iptables> -I f2b-<name> 1 -s <ip> -j REJECT", static tag => tag switch { "ip" => "192.0.2.1", "name" => "sshd", "iptables" => "iptables -w", _ => null });
}
