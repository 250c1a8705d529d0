using Fail2Ban.Client.Interactive;
using Fail2Ban.Client.Reports;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>One run: what the options ask for, then the command.</summary>
/// <remarks>Thread safety: none.</remarks>
internal sealed class ClientRun
{
    private const int Failure = 255;

    private readonly string _program;
    private readonly CommandLine _line;
    private readonly ClientHost _host;
    private readonly IReport _report;
    private readonly Log _log;
    private readonly ConfigurationReader _reader;
    private readonly ServerOptions _server;
    private readonly ServerCalls _calls;
    private readonly ServerLauncher _launcher;

    internal ClientRun(string program, CommandLine line, ClientHost host, IReport report, Log log, int verbosity, TimeSpan timeout)
    {
        _program = program;
        _line = line;
        _host = host;
        _report = report;
        _log = log;
        _reader = Reader();
        _server = line.Has("async") ? FromCommandLine() : _reader.ReadServer();
        _calls = new ServerCalls(_server.Socket, report, log, new FailureAdvice(_server, Directory(), host.CheckStream));
        var start = new ServerStart(
            _server.Socket, _server.PidFile, _server.LogLevel, _server.LogTarget, _server.SyslogSocket,
            line.Has("x"), line.Has("b"), verbosity, line.Value("pname") ?? "fail2ban-server");
        _launcher = new ServerLauncher(start, _calls, host, log, timeout);
    }

    internal int Execute()
    {
        if (_server.Failure is { } failure)
        {
            _report.Fault("Configuration", $"ERROR: {failure}");
            _log.Wrong("Init of command line failed");
            return Failure;
        }

        if (!LogLevels.TryParse(_server.LogLevel, out _))
        {
            _report.Fault("Usage", $"ERROR: Invalid log level '{_server.LogLevel.ToUpperInvariant()}'");
            return Failure;
        }

        _log.UsingSocket(_server.Socket);
        _log.UsingPidFile(_server.PidFile, _server.LogLevel, _server.LogTarget);
        if (_line.Has("d") || _line.Has("dp") || _line.Has("dump-pretty")) return Dump(!_line.Has("d"));
        if (_line.Has("test"))
        {
            int tested = Test();
            if (tested != 0 || _line.Words.Count == 0) return tested;
        }

        if (_line.Has("i")) return Interactive();
        IReadOnlyList<string> words = _line.Words;
        if (words.Count == 0 && _program == "fail2ban-server") words = ["start"];
        if (words.Count > 0) return Command(words) ? 0 : Failure;
        _report.Fault("Usage", HelpText.Usage(_program).TrimEnd('\n'));
        return Failure;
    }

    private bool Command(IReadOnlyList<string> words)
    {
        switch (words[0])
        {
            case "start" when words.Count == 1:
                return Start();
            case "restart" when words.Count == 1:
                return Stop() && Start();
            case "restart":
                return Reload(["--restart", .. words.Skip(1)]);
            case "reload":
                return Reload([.. words.Skip(1)]);
            case "ping" when words.Count > 1:
                if (double.TryParse(words[1], System.Globalization.CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and < 1e6)
                    return _calls.Send(["ping"], show: true, TimeSpan.FromSeconds(seconds));
                _log.Wrong($"could not convert string to float: {PythonText.Repr(words[1])}");
                return false;
            case "help":
                _report.Tell("help", JsonHelp.Write, HelpText.Usage(_program));
                return true;
            default:
                return _calls.Send([.. words], show: true, Timeout.InfiniteTimeSpan);
        }
    }

    private bool Start()
    {
        if (_line.Has("async")) return _launcher.RunHere(null) == 0;
        if (!ServerLauncher.IsActivated && _calls.Ping(TimeSpan.FromSeconds(2)))
        {
            _log.AlreadyRunning();
            return false;
        }

        if (ReadStream(null) is not { } stream) return false;
        return _line.Has("f") ? _launcher.RunHere(stream) == 0 : _launcher.Start(stream);
    }

    private bool Stop() => _calls.Send(["stop"], show: true, Timeout.InfiniteTimeSpan) && _launcher.WaitForEnd();

    private bool Reload(List<string> words)
    {
        var options = new List<object?>();
        string jail = "--all";
        while (words.Count > 0 && words[0] is "--restart" or "--unban" or "--if-exists")
        {
            options.Add(words[0]);
            words.RemoveAt(0);
        }

        if (words.Count > 1)
        {
            _log.UnexpectedArguments(words);
            _report.Fault("Usage");
            return false;
        }

        if (words.Count == 1) jail = words[0];
        if (!_calls.Ping(TimeSpan.FromSeconds(10)))
        {
            _log.NoServer();
            _calls.TellAbsence();
            return false;
        }

        return ReadStream(jail == "--all" ? null : jail) is { } stream
            && _calls.Send(["reload", jail, options, .. stream], show: true, Timeout.InfiniteTimeSpan);
    }

    // Beside the stream go commands that only our server knows; the original's takes no notice of them.
    private List<object?>? ReadStream(string? jail)
    {
        // At the prompt a file may have changed since the last command.
        ConfigurationResult result = (_line.Has("i") ? Reader() : _reader).Read(jail);
        foreach (ConfigurationWarning warning in result.Warnings) _log.Advice(warning.ToString());
        if (result.Outcome == ConfigurationOutcome.Failed) _log.ConfigurationFailed(result.Failure ?? "");
        else if (result.Outcome == ConfigurationOutcome.NoValidJail) _log.Wrong("No jail of the configuration is valid");
        else return [Words(result.Stream), .. result.Globs.Count > 0 ? [Words(result.Globs)] : (object?[])[]];
        _report.Fault("Configuration");
        return null;

        static List<object?> Words(IReadOnlyList<ServerCommand> commands) => [.. commands.Select(command => new List<object?>(command.Words))];
    }

    private int Dump(bool pretty)
    {
        ConfigurationResult result = _reader.With(ReaderOptions() with { AllowNoFiles = true }).Read();
        if (result.Outcome == ConfigurationOutcome.Failed)
        {
            _log.ConfigurationFailed(result.Failure ?? "");
            _report.Fault("Configuration", "ERROR: The configuration stream failed because of the invalid syntax.");
            return Failure;
        }

        _report.Tell("commands", json =>
        {
            json.WriteStartArray();
            foreach (ServerCommand command in result.Stream) JsonValue.Write(json, command.Words);
            json.WriteEndArray();
        }, string.Concat(result.Stream.Select(command => (pretty ? PrettyPrinter.Show(command.Words) : command.ToString()) + "\n")));
        if (result.Outcome != ConfigurationOutcome.NoValidJail) return 0;
        _report.Fault("Configuration");
        _host.Error.WriteLine("Init of command line failed");
        return Failure;
    }

    private int Test()
    {
        return new ConfigurationTest(_host, _report, _log).Run(_reader.With(ReaderOptions() with { IgnoreWrongJails = false }), isAlone: _line.Words.Count == 0, listJails: _line.Has("v")) ? 0 : Failure;
    }

    private int Interactive() => new CommandPrompt(_host, _report, _log, new Completer(_calls)).Run(words => Command(words) ? 0 : Failure);

    private ConfigurationReader Reader() => new(Directory(), ReaderOptions(), _log);

    private string Directory() => _line.Value("conf") ?? "/etc/fail2ban";

    private ReaderOptions ReaderOptions() => new()
    {
        LogLevel = _line.Value("loglevel"),
        LogTarget = _line.Value("logtarget"),
        SyslogSocket = _line.Value("syslogsocket"),
        Socket = _line.Value("socket"),
        PidFile = _line.Value("pidfile"),
    };

    private ServerOptions FromCommandLine() => new(
        _line.Value("socket") ?? "/var/run/fail2ban/fail2ban.sock", _line.Value("pidfile") ?? "/var/run/fail2ban/fail2ban.pid",
        _line.Value("loglevel") ?? "INFO", _line.Value("logtarget") ?? "/var/log/fail2ban.log", _line.Value("syslogsocket") ?? "auto", null);
}
