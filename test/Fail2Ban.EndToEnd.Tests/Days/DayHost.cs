using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>
/// A host that lives through a day: a network namespace with Debian's configuration, in which either the published
/// program or the installed original runs.
/// </summary>
internal sealed class DayHost : IDisposable
{
    private const string Stock = "/etc/fail2ban";
    private const string OriginalClient = "/usr/bin/fail2ban-client";

    private readonly Sandbox _sandbox = new();
    private readonly bool _isOriginal;

    public DayHost(bool isOriginal, string jails)
    {
        _isOriginal = isOriginal;
        Directory.Delete(_sandbox.Etc, recursive: true);
        _sandbox.Run("cp", "-rL", Stock, _sandbox.Etc).MustSucceed();
        Directory.Delete(_sandbox.Path("etc/jail.d"), recursive: true); // enables sshd, whose log is not here
        Directory.CreateDirectory(_sandbox.Path("calls"));
        _sandbox.Write("etc/fail2ban.local", $"""
            [Definition]
            logtarget = {_sandbox.Log}
            socket = {_sandbox.Socket}
            pidfile = {_sandbox.PidFile}
            dbfile = {_sandbox.Database}
            """);
        _sandbox.Write("etc/filter.d/day.conf", """
            [Definition]
            failregex = ^ srv fail (?:<F-USER>\w+</F-USER> )?from <ADDR>$
            datepattern = ^{EPOCH}
            """);
        _sandbox.Write("etc/action.d/record.conf", """
            [Definition]
            actionstart = printf '%%s\n' "<actname> start" | tee -a <also> >> <file>
            actionstop = printf '%%s\n' "<actname> stop" | tee -a <also> >> <file>
            actionban = printf '%%s\n' "<actname> ban <ip> <family> <fid> <failures> <restored> <F-USER> <ip-rev>" | tee -a <also> >> <file>
            actionunban = printf '%%s\n' "<actname> unban <ip> <family> <failures> <restored>" | tee -a <also> >> <file>
            actionprolong = printf '%%s\n' "<actname> prolong <ip> <bantime> <bancount> <restored>" | tee -a <also> >> <file>
            """);
        _sandbox.Write("etc/action.d/tell.conf", """
            [Definition]
            norestored = true
            actionstart = printf '%%s\n' start >> <file>
            actionstop = printf '%%s\n' stop >> <file>
            actionban = printf '%%s\n' "ban <ip> <failures> <matches>" >> <file>
            actionunban = printf '%%s\n' "unban <ip>" >> <file>
            """);
        _sandbox.Write("etc/jail.local", jails.Replace("$F", _sandbox.Folder, StringComparison.Ordinal));
    }

    public bool IsOriginal => _isOriginal;

    public string Folder => _sandbox.Folder;

    public string Database => _sandbox.Database;

    /// <summary>Skips the test, and says why, where the original is not installed.</summary>
    public static void RequireOriginal() => Assert.SkipUnless(File.Exists(OriginalClient) && Directory.Exists(Stock), "fail2ban is not installed here");

    public CommandResult Client(params string[] words) =>
        _isOriginal ? _sandbox.Run(OriginalClient, ["-c", _sandbox.Etc, .. words]) : _sandbox.Client(words);

    /// <summary>Asks the server, with our client: it is quick.</summary>
    public string Ask(params string[] words) => _sandbox.Client(words).Output;

    /// <summary>Starts the server in the background, over whatever a killed one has left behind.</summary>
    public void Start() => Client("-x", "start").MustSucceed();

    /// <summary>Ends the server without giving it a chance to do anything.</summary>
    public void Kill() => _sandbox.KillServer();

    /// <summary>Failures of these addresses, now, in the log of a jail.</summary>
    public void Fail(string jail, long time, params IEnumerable<string> addresses) =>
        _sandbox.Append($"{jail}.log", addresses.Select(address => $"{time} srv fail {(address.Contains('.', StringComparison.Ordinal) ? "bob " : "")}from {address}"));

    /// <summary>A log that is there before the server is started.</summary>
    public void MakeLog(string jail) => _sandbox.Write($"{jail}.log", "0 srv begins");

    public void WaitFor(Func<bool> holds, string what, TimeSpan patience) => _sandbox.WaitFor(holds, what, patience);

    public string ReadLog() => _sandbox.ReadLog();

    public string Stored(string sql) => _sandbox.Sqlite(Database, sql).Output;

    public string Output(string program, params string[] words) => _sandbox.Run(program, words).Output;

    public void Dispose() => _sandbox.Dispose();
}
