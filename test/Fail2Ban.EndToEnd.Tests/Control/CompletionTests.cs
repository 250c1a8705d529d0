using System.Diagnostics;
using System.Text;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>Tab in real shells on a terminal: each line is typed in part, completed, and run.</summary>
public sealed class CompletionTests
{
    private const string Found = "4242";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("/bin/bash", "--norc --noprofile -i", "PS1='> '; . /usr/share/bash-completion/bash_completion; . {0}/bash-completion/completions/fail2ban-client\n", "/usr/share/bash-completion/bash_completion")]
    [InlineData("/usr/bin/zsh", "-f -i", "PS1='> '; fpath=({0}/zsh/vendor-completions $fpath); autoload -U compinit; compinit -u -D\n", "/usr/bin/zsh")]
    [InlineData("/usr/bin/fish", "--no-config --interactive", "source {0}/fish/vendor_completions.d/fail2ban-client.fish\n", "/usr/bin/fish")]
    public async Task Shells_complete_commands_jails_and_options(string shell, string options, string setUp, string needed)
    {
        Assert.SkipUnless(File.Exists(shell) && File.Exists(needed), $"{needed} is absent");
        using Sandbox host = WithJail();
        string share = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Sandbox.Program("fail2ban")))!, "share");
        using Process terminal = host.Terminal($"{shell} {options}", ("PATH", $"{Path.GetDirectoryName(Sandbox.Program("fail2ban"))}:/usr/bin:/bin"), ("HOME", host.Folder), ("TERM", "xterm"));
        var shown = new StringBuilder();
        Task reading = ReadAsync(terminal.StandardOutput, shown);
        terminal.StandardInput.Write(setUp.Replace("{0}", share, StringComparison.Ordinal));
        // A directory, then a jail that only the server knows, then a word of the grammar; every one cut where it is unique.
        terminal.StandardInput.Write($"fail2ban-client --conf {host.Etc} get my-j\tfindt\t\n");
        Until(host, shown, Found);
        // What is banned, in a word that a shell might cut at its colons.
        terminal.StandardInput.Write($"fail2ban-client -c {host.Etc} set my-jail unbanip 2001:d\t; echo left=$({Sandbox.Program("fail2ban-client")} -c {host.Etc} get my-jail banned 2001:db8::7)\n");
        Until(host, shown, "left=0");
        terminal.StandardInput.Write("exit\n");
        terminal.StandardInput.Flush();
        if (!terminal.WaitForExit(20_000)) terminal.Kill(entireProcessTree: true);
        await reading.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        void Until(Sandbox sandbox, StringBuilder text, string awaited)
        {
            terminal.StandardInput.Flush();
            for (var waited = Stopwatch.StartNew(); ;)
            {
                lock (text)
                {
                    if (text.ToString().Contains(awaited, StringComparison.Ordinal)) return;
                    if (waited.Elapsed > s_patience) Assert.Fail($"no {awaited} from {shell}; the terminal shows:\n{text}");
                }

                Moment.Pass();
            }
        }
    }

    [Fact]
    public void Offers_follow_the_grammar_and_the_server()
    {
        using Sandbox host = WithJail();
        string Offer(params string[] words) => host.Tool("fail2ban-client", ["--offer", .. words]).Successful;
        Assert.Contains("my-jail\tjail\n", Offer("-c", host.Etc, "status", ""), StringComparison.Ordinal);
        Assert.Equal("--loglevel\thow much the server logs, CRITICAL to HEAVYDEBUG\n", Offer("--logl"));
        Assert.Equal("DEBUG\tlevel\n", Offer("--loglevel", "DE"));
        Assert.Equal(":directory\n", Offer("-c", ""));
        Assert.Equal(":file\n", Offer("set", "any", "addlogpath", "/var/"));
        Assert.Equal("192.0.2.7\tbanned\n", Offer("-c", host.Etc, "unban", "192"));
        Assert.Equal("", Offer("-c", host.Etc, "nonsense", ""));
        Assert.Equal("sshd\tfilter\n:file\n", host.Tool("fail2ban-regex", "--offer", "-c", host.Etc, "/any.log", "ssh").Successful);
        host.Client("stop").MustSucceed();
        Assert.Equal("stats\tfailures and bans of all jails as a table; also statistics\n", Offer("-c", host.Etc, "stats"));
    }

    private static Sandbox WithJail()
    {
        var host = new Sandbox();
        host.Write("etc/jail.local", "[sshd]\nenabled = false\n");
        host.Client("start").MustSucceed();
        host.Client("add", "my-jail", "polling").MustSucceed();
        host.Client("start", "my-jail").MustSucceed();
        host.Client("set", "my-jail", "findtime", Found).MustSucceed();
        host.Client("set", "my-jail", "banip", "192.0.2.7", "2001:db8::7").MustSucceed();
        return host;
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder to)
    {
        char[] part = new char[1024];
        for (int count; (count = await from.ReadAsync(part)) > 0;)
        {
            lock (to) to.Append(part, 0, count);
        }
    }
}
