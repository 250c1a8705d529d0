using Fail2Ban.Client;
using Fail2Ban.Client.Commands;

namespace Fail2Ban.Tests.Client.Commands;

public sealed class CommandDoubtsTests
{
    [Theory]
    [InlineData("set sshd bantime 1 hour", "Not used: hour. A value with blanks needs quotes: set sshd bantime '1 hour'")]
    [InlineData("set sshd banip 192.0.2.1 1.2.3.400", "1.2.3.400 is no address: it is banned as a text, which a firewall cannot refuse")]
    [InlineData("set sshd banip 192.0.2.1 2001:db8::/32 192.0.2.0/255.255.255.0", "")]
    [InlineData("set sshd bantime 1h", "")]
    [InlineData("set sshd unbanip --report-absent 192.0.2.1", "")]
    [InlineData("set sshd addlogpath /a tail", "")]
    [InlineData("echo a b c", "")]
    [InlineData("status", "")]
    public void Doubts_a_command_that_may_mean_something_else(string words, string doubts) => Assert.Equal(doubts, string.Join('|', CommandDoubts.About(words.Split(' '))));

    [Fact]
    public void A_misspelled_option_has_a_near_right_one()
    {
        Assert.Null(CommandLine.Parse(["--lgolevel", "DEBUG"], out string error));
        Assert.Equal("option --lgolevel not recognized; did you mean --loglevel?", error);
    }
}
