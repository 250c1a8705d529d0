using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>Reads <c>fail2ban.conf</c>: what the programs need before anything else, and the server's part of the stream.</summary>
internal sealed class ServerReader(IniFileSet files, ReaderOptions options, Log log)
{
    public const string Socket = "/var/run/fail2ban/fail2ban.sock";
    public const string PidFile = "/var/run/fail2ban/fail2ban.pid";
    public const string LogTarget = "/var/log/fail2ban.log";

    private readonly IniScope _definition = new(files, "Definition");

    /// <summary>The options that are needed early; the command line goes before the file.</summary>
    public ServerOptions Early() => new(
        options.Socket ?? Text("socket", Socket),
        options.PidFile ?? Text("pidfile", PidFile),
        options.LogLevel ?? Text("loglevel", "INFO"),
        options.LogTarget ?? Text("logtarget", LogTarget),
        options.SyslogSocket ?? Text("syslogsocket", "auto"),
        null);

    public IEnumerable<ServerCommand> Commands()
    {
        if (!_definition.Exists) log.NoSection("Definition");
        if (new IniScope(files, "Thread") is { Exists: true } thread && thread.Get("stacksize") is { } size
            && new OptionRule("stacksize", OptionKind.Whole).Convert(size, "Thread", log) is { } kibibytes)
            yield return new(["set", "thread", new PythonDict { ["stacksize"] = kibibytes }]);

        foreach ((string option, object? value) in OptionRule.Read(OptionRules.Server, _definition, "Definition", log))
            yield return new(["set", option, Override(option) ?? value]) { Locate = (name, _) => Override(name) is null ? _definition.Origin(name)?.Place : null };
    }

    private string? Override(string option) => option switch
    {
        "syslogsocket" => options.SyslogSocket,
        "loglevel" => options.LogLevel,
        "logtarget" => options.LogTarget,
        "dbfile" => options.DbFile,
        _ => null,
    };

    private string Text(string option, string otherwise) => _definition.Get(option) ?? otherwise;
}
