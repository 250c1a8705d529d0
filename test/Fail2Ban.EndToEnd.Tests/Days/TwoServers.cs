using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Days;

/// <summary>One host with one configuration and one database, on which either program may be the server.</summary>
internal sealed class TwoServers : IDisposable
{
    private const string OriginalClient = "/usr/bin/fail2ban-client";

    private readonly Sandbox _host = new();

    /// <summary>Makes the host.</summary>
    /// <param name="jails">Its jail.conf; <c>$F</c> is its folder.</param>
    public TwoServers(string jails)
    {
        Directory.Delete(_host.Etc, recursive: true);
        _host.Write("etc/fail2ban.conf", $"""
            [Definition]
            loglevel = INFO
            logtarget = {_host.Log}
            syslogsocket = auto
            socket = {_host.Socket}
            pidfile = {_host.PidFile}
            dbfile = {_host.Database}
            dbpurgeage = 1d
            dbmaxmatches = 10
            [Thread]
            """);
        _host.Write("etc/filter.d/day.conf", """
            [Definition]
            failregex = ^ srv fail (?:<F-USER>\w+</F-USER> )?from <ADDR>$
            datepattern = ^{EPOCH}
            """);
        _host.Write("etc/action.d/record.conf", """
            [Definition]
            actionstart =
            actionban = printf '%%s\n' "ban <fid> <failures> <restored> <bancount>" >> <file>
            actionunban = printf '%%s\n' "unban <fid>" >> <file>
            """);
        _host.Write("etc/jail.conf", jails.Replace("$F", _host.Folder, StringComparison.Ordinal));
    }

    public Sandbox Host => _host;

    public CommandResult Client(bool isOriginal, params string[] words) =>
        isOriginal ? _host.Run(OriginalClient, ["-c", _host.Etc, .. words]) : _host.Client(words);

    /// <summary>Starts one of them, and waits until its jails work.</summary>
    public void Start(bool isOriginal, string lastJail)
    {
        int before = Count($"Jail '{lastJail}' started");
        Client(isOriginal, "-x", "start").MustSucceed();
        _host.WaitFor(() => Count($"Jail '{lastJail}' started") > before, "the start of the last jail");
    }

    /// <summary>What the server says is banned: id, seconds and, for who is banned for ever, -1; sorted.</summary>
    public string[] Banned(bool isOriginal, string jail) => [.. Client(isOriginal, "get", jail, "banip", "--with-time").Successful
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Select(words => $"{words[0]} {words[4]}").Order(StringComparer.Ordinal)];

    /// <summary>What a statement finds in the database; asked without touching it.</summary>
    public string Query(string sql) => _host.Sqlite(_host.Database, sql).Successful;

    public int Count(string text) => _host.ReadLog().Split(text).Length - 1;

    public void Dispose() => _host.Dispose();
}
