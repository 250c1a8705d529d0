using Fail2Ban.Client.Commands;

namespace Fail2Ban.Tests.Client.Commands;

public sealed class CommandGrammarTests
{
    private static readonly string[] s_jails = ["sshd", "nginx-http-auth"];

    [Theory]
    [InlineData("staus", "status")]
    [InlineData("relod", "reload")]
    [InlineData("STATUS", "status")]
    [InlineData("xyzzy", null)]
    [InlineData("ban 192.0.2.1", "set <JAIL> banip <IP>")]
    [InlineData("set sshd bannip 192.0.2.1", "set sshd banip 192.0.2.1")]
    [InlineData("set sshd unban 192.0.2.1", "set sshd unbanip 192.0.2.1")]
    [InlineData("get sshd failregx", "get sshd failregex")]
    [InlineData("get sshd bannd", "get sshd banned")]
    [InlineData("set shsd banip 192.0.2.1", "set sshd banip 192.0.2.1")]
    [InlineData("set other banip 192.0.2.1", null)]
    [InlineData("get logfile", "get logfile banned [<IP>...]")]
    [InlineData("get loglevl", "get loglevel")]
    [InlineData("set logtaget STDOUT", "set logtarget STDOUT")]
    [InlineData("set sshd", "set sshd banip <IP>...")]
    [InlineData("set sshd banip", "set sshd banip <IP>...")]
    [InlineData("get sshd action", "get sshd action <ACT> <PROPERTY>")]
    [InlineData("status", null)]
    [InlineData("status sshd basic x", "status sshd basic")]
    [InlineData("reload --unban --restart sshd", null)]
    [InlineData("reload --unbn sshd", "reload --unban sshd")]
    [InlineData("flushlog", "flushlogs")]
    [InlineData("stat", "status")]
    public void A_wrong_command_has_a_near_right_one(string words, string? near) => Assert.Equal(near, CommandGrammar.Near(words.Split(' '), s_jails));

    [Theory]
    [InlineData("", "start restart reload stop unban banned status stats ping echo sleep server-status version help get set flushlogs add", "")]
    [InlineData("reload", "--restart --unban --if-exists --all", "JAIL")]
    [InlineData("reload --unban", "--restart --unban --if-exists --all", "JAIL")]
    [InlineData("set sshd idle", "on off", "")]
    [InlineData("set sshd unbanip 192.0.2.1", "", "IP")]
    [InlineData("get loglevel", "", "LEVEL")]
    [InlineData("get sshd banned", "", "IP")]
    [InlineData("nonsense", "", "")]
    [InlineData("stop sshd more", "", "")]
    public void Knows_what_may_follow(string words, string literals, string values)
    {
        var (next, names) = CommandGrammar.After(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(literals.Split(' ', StringSplitOptions.RemoveEmptyEntries), next.Select(one => one.Word));
        Assert.Equal(values.Split(' ', StringSplitOptions.RemoveEmptyEntries), names);
    }

    [Fact]
    public void Every_command_is_understood_as_it_is_written()
    {
        foreach (Command command in CommandTable.All)
        {
            string[] words = [.. command.Rules.Select(rule => rule.Literals.Count > 0 ? rule.Literals[0] : "x")];
            Assert.Null(CommandGrammar.Near(words, s_jails));
        }
    }

    [Fact]
    public void No_line_of_the_help_is_wider_than_80_columns() =>
        Assert.DoesNotContain(Fail2Ban.Client.HelpText.Usage("fail2ban-client").Split('\n'), line => line.Length > 80);
}
