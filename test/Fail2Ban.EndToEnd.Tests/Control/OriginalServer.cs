using System.Diagnostics;

namespace Fail2Ban.EndToEnd.Tests.Control;

/// <summary>The original's server in a network namespace and a directory of its own; ended by its pid.</summary>
public sealed class OriginalServer : IDisposable
{
    private const string Server = "/usr/bin/fail2ban-server";
    internal const string Client = "/usr/bin/fail2ban-client";

    private readonly Process? _process;

    public OriginalServer()
    {
        Folder = Directory.CreateTempSubdirectory("f2b-wire-").FullName;
        Socket = Path.Combine(Folder, "run", "f2b.sock");
        foreach (string name in new[] { "conf/filter.d", "conf/action.d" }) Directory.CreateDirectory(Path.Combine(Folder, name));
        File.WriteAllText(Path.Combine(Folder, "a.log"), "");
        File.WriteAllText(Path.Combine(Folder, "b.log"), "");
        Write("fail2ban.conf", $"[Definition]\nloglevel = INFO\nlogtarget = {Folder}/f2b.log\nsyslogsocket = auto\nsocket = {Socket}\npidfile = {Folder}/run/f2b.pid\ndbfile = None\ndbmaxmatches = 10\ndbpurgeage = 1d\nallowipv6 = auto\n");
        Write("filter.d/flt.conf", "[Definition]\nfailregex = ^ bad <HOST>$\n            ^ worse <HOST>$\n");
        Write("action.d/act.conf", "[Definition]\nactionban = true\nactionunban = true\n[Init]\nfoo = bar\n");
        Write("jail.conf", $"[DEFAULT]\nbackend = polling\nusedns = no\nfilter = flt\naction = act\n[j1]\nenabled = true\nlogpath = {Folder}/a.log\n[j2]\nenabled = true\nlogpath = {Folder}/a.log\n          {Folder}/b.log\n");
        if (!File.Exists(Server) || !File.Exists("/usr/bin/unshare")) return;
        _process = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["-n", Server, "-c", Configuration, "-f", "start"]) { RedirectStandardOutput = true, RedirectStandardError = true });
        for (int i = 0; i < 100 && !IsUp; i++)
        {
            IsUp = Run(Client, "-c", Configuration, "ping").Code == 0;
            if (!IsUp) Task.Delay(100).Wait();
        }
    }

    internal string Folder { get; }

    internal string Socket { get; }

    internal string Configuration => Path.Combine(Folder, "conf");

    internal bool IsUp { get; }

    internal static (int Code, string Output, string Error) Run(string program, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, args) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    public void Dispose()
    {
        if (IsUp) Run(Client, "-c", Configuration, "stop");
        if (_process is { HasExited: false } && !_process.WaitForExit(10000)) _process.Kill(entireProcessTree: true);
        _process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Configuration, name), text);
}
