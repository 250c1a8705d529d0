using System.Diagnostics;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Control.Transcript;

/// <summary>One server, the original's or the published one, with two small jails in a folder and a network namespace of its own.</summary>
internal sealed partial class TranscriptServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    public TranscriptServer(string server)
    {
        Folder = Directory.CreateTempSubdirectory("f2b-play-").FullName;
        foreach (string name in new[] { "run", "conf/filter.d", "conf/action.d", "conf/jail.d" }) Directory.CreateDirectory(Path.Combine(Folder, name));
        Write("a.log", "");
        Write("b.log", "");
        Write("c.log", "");
        Write("conf/fail2ban.conf", $"[Definition]\nloglevel = INFO\nlogtarget = {Folder}/f2b.log\nsyslogsocket = auto\nsocket = {Folder}/run/f2b.sock\npidfile = {Folder}/run/f2b.pid\ndbfile = {Folder}/f2b.sqlite3\ndbmaxmatches = 10\ndbpurgeage = 1d\nallowipv6 = auto\n");
        Write("conf/filter.d/flt.conf", "[Definition]\nfailregex = ^ bad <HOST>$\n            ^ worse <HOST>$\nignoreregex =\n");
        Write("conf/action.d/act.conf", "[Definition]\nactionban = true\nactionunban = true\n[Init]\nfoo = bar\n");
        Write("conf/jail.conf", $"[DEFAULT]\nbackend = polling\nusedns = no\nfilter = flt\naction = act\n[j1]\nenabled = true\nlogpath = {Folder}/a.log\n[j2]\nenabled = true\nlogpath = {Folder}/a.log\n          {Folder}/b.log\n[j3]\nenabled = false\nlogpath = {Folder}/c.log\n");
        _process = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["-n", server, "-c", $"{Folder}/conf", "-f", "start"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        for (var waited = Stopwatch.StartNew(); ;)
        {
            if (!_process.HasExited && Play(Sandbox.Program("fail2ban-client"), ["status"]).Contains("j1, j2", StringComparison.Ordinal)) break;
            if (_process.HasExited || waited.Elapsed > Patience)
                Assert.Fail($"{server} did not start: {(_process.HasExited ? _process.StandardError.ReadToEnd() : "no answer")}");
            Moment.Pass();
        }
    }

    public string Folder { get; }

    /// <summary>Runs a client; what it prints and its exit code, without what differs by place and time.</summary>
    public string Play(string client, IReadOnlyList<string> words)
    {
        (int code, string output, string error) = OriginalServer.Run(client, ["-c", $"{Folder}/conf", .. words.Select(word => word.Replace("$F", Folder, StringComparison.Ordinal))]);
        string refusal = string.Concat(error.Split('\n').Where(line => line.Contains("NOK: ", StringComparison.Ordinal)).Select(line => line[line.IndexOf("NOK: ", StringComparison.Ordinal)..] + "\n"));
        string all = $"{output}{refusal}[{code}]".Replace(Folder, "$F", StringComparison.Ordinal);
        // What <HOST> stands for: version 1.1 accepts a single colon before the last part of an IPv6 address.
        return Clock().Replace(all.Replace("::?|::){1,7}", "::?|:){1,7}", StringComparison.Ordinal), "TIME");
    }

    public void Dispose()
    {
        if (!_process.HasExited) Play(Sandbox.Program("fail2ban-client"), ["stop"]);
        if (!_process.WaitForExit(15000)) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")]
    private static partial Regex Clock();
}
