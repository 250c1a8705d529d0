using System.Diagnostics;
using System.Globalization;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Journal;

/// <summary>A journald of its own inside a sandbox: what it keeps is seen only by programs that are run through this.</summary>
internal sealed class PrivateJournal : IDisposable
{
    private const string Daemon = "/lib/systemd/systemd-journald";

    // The host's /run and /var/log are hidden, in this namespace only.
    private const string Script = "mount -t tmpfs none /run && mount -t tmpfs none /var/log && mkdir -p /run/systemd/journal /run/log/journal && exec " + Daemon;

    private readonly Sandbox _host;
    private readonly Process _daemon;

    /// <summary>Starts it; skips the test, and says why, where that cannot be.</summary>
    public PrivateJournal(Sandbox host)
    {
        _host = host;
        if (!File.Exists(Daemon)) Assert.Skip($"{Daemon} is not installed");
        _daemon = host.Start("unshare", "--mount", "sh", "-c", Script);
        string socket = Path.Join($"/proc/{_daemon.Id}/root", "/run/systemd/journal/dev-log");
        for (var waited = Stopwatch.StartNew(); !File.Exists(socket);)
        {
            if (_daemon.HasExited || waited.Elapsed > TimeSpan.FromSeconds(20))
                Assert.Skip($"journald does not run here: {(_daemon.HasExited ? _daemon.StandardError.ReadToEnd() : "no answer")}");
            Moment.Pass();
        }
    }

    /// <summary>Runs a program that sees this journal.</summary>
    public CommandResult Run(string program, params string[] words) =>
        _host.Run("nsenter", ["-t", _daemon.Id.ToString(CultureInfo.InvariantCulture), "--mount", "--", program, .. words]);

    /// <summary>Runs <c>fail2ban-client</c>; a server that it starts reads this journal.</summary>
    public CommandResult Client(params string[] words) => Run(Sandbox.Program("fail2ban-client"), ["-c", _host.Etc, .. words]);

    /// <summary>Logs as a service would.</summary>
    public void Say(string identifier, params string[] messages)
    {
        foreach (string message in messages) Run("logger", "--socket", "/run/systemd/journal/dev-log", "-t", identifier, message).MustSucceed();
    }

    public void Dispose()
    {
        _daemon.Kill();
        _daemon.WaitForExit();
        _daemon.Dispose();
    }
}
