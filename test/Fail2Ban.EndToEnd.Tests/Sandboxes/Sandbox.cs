using System.Diagnostics;
using System.Globalization;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.Sandboxes;

/// <summary>
/// A directory and a network namespace of its own, in which the published program runs on the shipped configuration as
/// an administrator would run it.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private const int NamespaceSeconds = 3600; // should a test run be killed, the namespace goes by itself

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Process _holder;
    private readonly bool _asRoot = Environment.UserName == "root";

    /// <summary>Makes one; skips the test, and says why, where namespaces are not allowed.</summary>
    public Sandbox()
    {
        Assert.True(File.Exists(Program("fail2ban")), $"{Program("fail2ban")} is missing: run scripts/build");
        Folder = Directory.CreateTempSubdirectory("fail2ban-test.").FullName;
        _holder = Process.Start(new ProcessStartInfo("unshare",
            [.. _asRoot ? (string[])["--net"] : ["--user", "--map-root-user", "--net"], "sleep", $"{NamespaceSeconds}"]) { RedirectStandardError = true })!;
        string own = Namespace("self");
        for (var waited = Stopwatch.StartNew(); Namespace(_holder.Id.ToString(CultureInfo.InvariantCulture)) == own;)
        {
            if (_holder.HasExited || waited.Elapsed > Patience)
                Assert.Skip($"network namespaces are refused here: {(_holder.HasExited ? _holder.StandardError.ReadToEnd() : "no answer")}");
            Moment.Pass();
        }

        Copy(System.IO.Path.Combine(RepositoryRoot.Find(), "dist", "etc", "fail2ban"), Etc);
        Write("etc/fail2ban.local", $"""
            [DEFAULT]
            logtarget = {Log}
            socket = {Socket}
            pidfile = {PidFile}
            dbfile = {Database}
            """);
        Run("ip", "link", "set", "lo", "up");
    }

    public string Folder { get; }

    public string Etc => Path("etc");

    public string Log => Path("fail2ban.log");

    public string Socket => Path("fail2ban.sock");

    public string PidFile => Path("fail2ban.pid");

    public string Database => Path("fail2ban.sqlite3");

    /// <summary>The server's process id, from its pid file.</summary>
    public int ServerPid => int.Parse(File.ReadAllText(PidFile), CultureInfo.InvariantCulture);

    /// <summary>A path inside the sandbox.</summary>
    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>A file of the sandbox with this text.</summary>
    public string Write(string name, string text)
    {
        string path = Path(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.EndsWith('\n') ? text : text + "\n");
        return path;
    }

    /// <summary>Appends lines to a log of the sandbox.</summary>
    public void Append(string name, params IEnumerable<string> lines) => File.AppendAllText(Path(name), string.Concat(lines.Select(line => line + "\n")));

    /// <summary>Runs <c>fail2ban-client</c> of the published program.</summary>
    public CommandResult Client(params string[] words) => Run(Program("fail2ban-client"), ["-c", Etc, .. words]);

    /// <summary>Runs another name of the published program.</summary>
    public CommandResult Tool(string name, params string[] words) => Run(Program(name), words);

    /// <summary>Asks a database without touching it, and waits while a server has it locked.</summary>
    public CommandResult Sqlite(string database, string sql) => Run("sqlite3", "-readonly", "-cmd", ".timeout 20000", database, sql);

    /// <summary>Runs a program inside the namespace.</summary>
    public CommandResult Run(string program, params string[] words)
    {
        using Process process = Start(program, words);
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(60_000))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', words)} did not end within a minute; log:\n{ReadLog()}");
        }

        return new CommandResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a program inside the namespace; the caller ends it.</summary>
    public Process Start(string program, params string[] words)
    {
        Process process = Process.Start(Inside(program, words))!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Starts a command line inside the namespace on a terminal of its own; what is written to its input is typed there.</summary>
    public Process Terminal(string commandLine, params (string Name, string Value)[] environment) => Process.Start(
        Inside("script", "-q", "-f", "-e", "-c", $"env -i {string.Join(' ', environment.Select(each => $"{each.Name}={each.Value}"))} {commandLine}", "/dev/null"))!;

    private ProcessStartInfo Inside(string program, params string[] words)
    {
        string[] enter = _asRoot ? ["-t", $"{_holder.Id}", "--net"] : ["-t", $"{_holder.Id}", "--user", "--net", "--preserve-credentials"];
        return new ProcessStartInfo("nsenter", [.. enter, "--", program, .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
    }

    /// <summary>The server's log so far.</summary>
    public string ReadLog() => File.Exists(Log) ? File.ReadAllText(Log) : "";

    /// <summary>Waits until the server's log holds a text.</summary>
    public void WaitForLog(string text) => WaitFor(() => ReadLog().Contains(text, StringComparison.Ordinal), $"\"{text}\" in the log");

    /// <summary>Waits until something holds.</summary>
    public void WaitFor(Func<bool> holds, string what, TimeSpan? patience = null)
    {
        var waited = Stopwatch.StartNew();
        while (!holds())
        {
            if (waited.Elapsed > (patience ?? Patience)) Assert.Fail($"not within {(patience ?? Patience).TotalSeconds} s: {what}; log:\n{ReadLog()}");
            Moment.Pass();
        }
    }

    /// <summary>The path of a published program.</summary>
    public static string Program(string name) => System.IO.Path.Combine(RepositoryRoot.Find(), "dist", "bin", name);

    public void Dispose()
    {
        if (File.Exists(PidFile)) Client("stop");
        _holder.Kill();
        _holder.WaitForExit();
        _holder.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string Namespace(string process) =>
        new FileInfo($"/proc/{process}/ns/net").LinkTarget ?? "";

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
