using Fail2Ban.Enforcement.Firewall;

namespace Fail2Ban.Tests.Enforcement.Firewall;

public sealed class BatchCommandTests
{
    [Theory]
    [InlineData("iptables -w -I f2b-sshd 1 -s <ip> -j REJECT --reject-with icmp-port-unreachable",
        "iptables-restore -w --noflush", "*filter\n-I f2b-sshd 1 -s 192.0.2.1 -j REJECT --reject-with icmp-port-unreachable\nCOMMIT\n")]
    [InlineData("/usr/sbin/ip6tables-legacy -w 5 -t raw -D f2b -s <ip> -j DROP", "/usr/sbin/ip6tables-legacy-restore -w 5 --noflush", "*raw\n-D f2b -s 192.0.2.1 -j DROP\nCOMMIT\n")]
    [InlineData("iptables -A f2b -d <fid> -j DROP", "iptables-restore --noflush", "*filter\n-A f2b -d 192.0.2.1 -j DROP\nCOMMIT\n")]
    [InlineData("ipset -exist add f2b-sshd <ip> timeout 0", "ipset -exist restore", "add f2b-sshd 192.0.2.1 timeout 0\n")]
    [InlineData("  ipset -exist del f2b-sshd <ip>\n", "ipset -exist restore", "del f2b-sshd 192.0.2.1\n")]
    [InlineData("ipset -exist add \"f2b-sshd\" \"<ip>\" timeout 0", "ipset -exist restore", "add f2b-sshd 192.0.2.1 timeout 0\n")]
    [InlineData("iptables -w -I f2b-sshd 1 -s \"<ip>\" -j DROP", "iptables-restore -w --noflush", "*filter\n-I f2b-sshd 1 -s 192.0.2.1 -j DROP\nCOMMIT\n")]
    public void A_plain_command_is_a_line_of_the_restore_format(string command, string restore, string input)
    {
        Assert.True(BatchCommand.TryParse(command, out BatchCommand? batch));
        Assert.Equal(restore, batch.Restore);
        Assert.Equal(input, batch.Opening + batch.LineFor("192.0.2.1") + batch.Closing);
    }

    [Fact]
    public void A_deletion_knows_how_its_chain_is_listed()
    {
        Assert.True(BatchCommand.TryParse("ip6tables -w -t raw -D f2b-sshd -s <ip> -j DROP", out BatchCommand? batch));
        Assert.Equal("ip6tables -w -t raw -S f2b-sshd", batch.Listing);
        Assert.True(BatchCommand.TryParse("iptables -I f2b-sshd 1 -s <ip> -j DROP", out batch));
        Assert.Null(batch.Listing);
        Dictionary<string, int> places = BatchCommand.PlacesIn("-N f2b-sshd\n-A f2b-sshd -s 192.0.2.1/32 -j DROP\n-A f2b-sshd -s 10.0.0.0/8 -j DROP\n-A f2b-sshd -s 192.0.2.1/32 -j DROP\n-A f2b-sshd -s 2001:db8::1/128 -j DROP\n-A f2b-sshd -j RETURN\n");
        Assert.Equal(new() { ["192.0.2.1"] = 2, ["10.0.0.0/8"] = 3, ["2001:db8::1"] = 5 }, places);
    }

    [Theory]
    [InlineData("iptables -I f2b 1 -s <ip> -j DROP; echo done")]
    [InlineData("iptables -I f2b 1 -s <ip> -j DROP\niptables -I other 1 -s <ip> -j DROP")]
    [InlineData("iptables -I f2b 1 -s <ip> -j DROP\necho x")]
    [InlineData("iptables -I f2b 1 -s $(cat <ip>) -j DROP")]
    [InlineData("iptables -I f2b 1 -s <ip> -j LOG --log-prefix \"a b\"")]
    [InlineData("iptables -I f2b 1 -s <ip> -m comment --comment <matches>")]
    [InlineData("iptables -D f2b 1 -s <ip>")]
    [InlineData("iptables -F f2b -s <ip> -j DROP")]
    [InlineData("iptables -I f2b 1 -s <ip> -A other -j DROP")]
    [InlineData("iptables -I <ip> 1 -j DROP")]
    [InlineData("iptables -I f2b 1 -s \"<ip>;reboot\" -j DROP")]
    [InlineData("iptables -I f2b 1 -s \"$<ip>\" -j DROP")]
    [InlineData("sudo iptables -I f2b 1 -s <ip> -j DROP")]
    [InlineData("/opt/iptables -I f2b 1 -s <ip> -j DROP")]
    [InlineData("ipset add f2b-sshd <ip> timeout 0")]
    [InlineData("ipset -exist add f2b-sshd <ip> timeout $([ <bantime> ] && echo 0)")]
    [InlineData("ipset -exist flush f2b-sshd <ip>")]
    [InlineData("")]
    public void Anything_else_is_left_to_the_shell(string command) => Assert.False(BatchCommand.TryParse(command, out _));
}
