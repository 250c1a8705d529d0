using Fail2Ban.Configuration;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>One run: what the options ask for, then the command.</summary>
/// <remarks>Thread safety: none.</remarks>
internal sealed class ClientRun
{
    private const int Failure = 255;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    private readonly string _program;
    private readonly CommandLine _line;
    private readonly ClientHost _host;
    private readonly Log _log;
    private readonly ServerOptions _server;
    private readonly ServerCalls _calls;
    private readonly ServerLauncher _launcher;

    internal ClientRun(string program, CommandLine line, ClientHost host, Log log, int verbosity, TimeSpan timeout)
    {
        _program = program;
        _line = line;
        _host = host;
        _log = log;
        _server = line.Has("async") ? FromCommandLine() : Reader().ReadServer();
        _calls = new ServerCalls(_server.Socket, host, log, TakesUnicode());
        var start = new ServerStart(
            _server.Socket, _server.PidFile, _server.LogLevel, _server.LogTarget, _server.SyslogSocket,
            line.Has("x"), line.Has("b"), verbosity, line.Value("pname") ?? "fail2ban-server");
        _launcher = new ServerLauncher(start, _calls, host, log, timeout);
    }

    internal int Execute()
    {
        if (_server.Failure is { } failure)
        {
            _host.Output.WriteLine($"ERROR: {failure}");
            _log.Wrong("Init of command line failed");
            return Failure;
        }

        if (!LogLevels.TryParse(_server.LogLevel, out _))
        {
            _host.Output.WriteLine($"ERROR: Invalid log level '{_server.LogLevel.ToUpperInvariant()}'");
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
        _host.Output.Write(HelpText.Usage(_program));
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
                _host.Output.Write(HelpText.Usage(_program));
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
            return false;
        }

        if (words.Count == 1) jail = words[0];
        if (!_calls.Ping(TimeSpan.FromSeconds(10)))
        {
            _log.NoServer();
            _host.Error.WriteLine("Start it with 'fail2ban-client start' or 'systemctl start fail2ban'.");
            return false;
        }

        return ReadStream(jail == "--all" ? null : jail) is { } stream
            && _calls.Send(["reload", jail, options, stream], show: true, Timeout.InfiniteTimeSpan);
    }

    private List<object?>? ReadStream(string? jail)
    {
        ConfigurationResult result = Reader().Read(jail);
        foreach (ConfigurationWarning warning in result.Warnings) _log.Advice(warning.ToString());
        if (result.Outcome == ConfigurationOutcome.Failed) _log.ConfigurationFailed(result.Failure ?? "");
        else if (result.Outcome == ConfigurationOutcome.NoValidJail) _log.Wrong("No jail of the configuration is valid");
        else return [.. result.Stream.Select(command => new List<object?>(command.Words))];
        return null;
    }

    private int Dump(bool pretty)
    {
        ConfigurationResult result = new ConfigurationReader(Directory(), ReaderOptions() with { AllowNoFiles = true }, _log).Read();
        if (result.Outcome == ConfigurationOutcome.Failed)
        {
            _log.ConfigurationFailed(result.Failure ?? "");
            _host.Output.WriteLine("ERROR: The configuration stream failed because of the invalid syntax.");
            return Failure;
        }

        foreach (ServerCommand command in result.Stream) _host.Output.WriteLine(pretty ? PrettyPrinter.Show(command.Words) : command.ToString());
        if (result.Outcome != ConfigurationOutcome.NoValidJail) return 0;
        _host.Error.WriteLine("Init of command line failed");
        return Failure;
    }

    private int Test()
    {
        var reader = new ConfigurationReader(Directory(), ReaderOptions() with { IgnoreWrongJails = false }, _log);
        return new ConfigurationTest(_host, _log).Run(reader, isAlone: _line.Words.Count == 0, listJails: _line.Has("v")) ? 0 : Failure;
    }

    private int Interactive()
    {
        _host.Output.Write($"Fail2Ban v{ClientProgram.Version} reads log file that contains password failure report\nand bans the corresponding IP addresses using firewall rules.\n\n");
        while (true)
        {
            _host.Output.Write("fail2ban> ");
            _host.Output.Flush();
            string? input = _host.Input.ReadLine();
            if (input is null)
            {
                _host.Output.WriteLine();
                return Failure;
            }

            if (!ShellWords.TrySplit(input, out IReadOnlyList<string> words, out string error)) _log.Wrong(error);
            else if (words is ["exit" or "quit", ..]) return 0;
            else if (words.Count > 0) Command(words);
        }
    }

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

    // As Python decides about its streams: the C locale counts as UTF-8.
    private static bool TakesUnicode()
    {
        string? locale = LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        int dot = locale?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot < 0 || locale![(dot + 1)..].Replace("-", "", StringComparison.Ordinal).StartsWith("utf8", StringComparison.OrdinalIgnoreCase);
    }
}
