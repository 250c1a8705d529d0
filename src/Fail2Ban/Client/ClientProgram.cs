using Fail2Ban.Client.Interactive;
using Fail2Ban.Client.Reports;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>fail2ban-client and the command line of fail2ban-server.</summary>
public static class ClientProgram
{
    /// <summary>The version of the original that answers, layouts and options are those of.</summary>
    public const string Version = Release.Compatible;

    private const int Failure = 255;

    private static readonly string[] s_localeVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    /// <summary>Runs one command line.</summary>
    /// <param name="programName"><c>fail2ban-client</c> or <c>fail2ban-server</c>, without a path.</param>
    /// <param name="args">What follows the name.</param>
    /// <param name="host">Streams, clock and the server to run.</param>
    /// <returns>The exit code: 0, or 255 for any failure.</returns>
    public static int Run(string programName, IReadOnlyList<string> args, ClientHost host)
    {
        if (args.Count > 0 && args[0] == ShellOffers.Option)
        {
            ShellOffers.Print([.. args.Skip(1)], host);
            return 0;
        }

        CommandLine? line = CommandLine.Parse(args, out string error);
        int verbosity = line is null ? 1 : 1 + line.Count("v") - line.Count("q");
        LogLevel threshold = Threshold(verbosity);
        var json = (line?.Has("json") ?? args.Contains("--json")) ? new JsonReport(host, threshold) : null;
        IReport report = json ?? (IReport)new TextReport(host, TakesUnicode());
        var log = new Log(json ?? (ILogSink)new ErrorSink(host.Error, host.Time, threshold, host.ErrorStyle), "fail2ban");
        int code = Run(programName, line, error, host, report, log, verbosity);
        // In interactive mode each command has been told on its own.
        return line?.Has("i") == true && json is { IsEmpty: true } ? code : report.End(line?.Words ?? args, code);
    }

    private static int Run(string programName, CommandLine? line, string error, ClientHost host, IReport report, Log log, int verbosity)
    {
        if (line is null)
        {
            report.Fault("Usage");
            if (report is TextReport)
            {
                host.Output.Write(HelpText.Usage(programName));
                host.Error.WriteLine($"{programName}: {error}");
            }
            else
            {
                log.Wrong(error);
            }

            return Failure;
        }

        if (line.Has("help"))
        {
            report.Tell("help", JsonHelp.Write, HelpText.Usage(programName));
            return 0;
        }

        if (line.Has("version"))
        {
            report.Tell("version", writer => JsonAnswer.WriteVersion(writer, host.BuildVersion),
                line.WasShort.Contains("version") ? $"{Version}\n" : $"Fail2Ban v{Version}\nFail2Ban.NET {host.BuildVersion}\n");
            return 0;
        }

        if (line.Value("str2sec") is { } text)
        {
            if (!Duration.TryParse(text, out object seconds, out string wrong)) return Fail(wrong);
            report.Tell("seconds", writer => JsonValue.Write(writer, seconds), PythonText.Str(seconds) + "\n");
            return 0;
        }

        TimeSpan timeout = TimeSpan.FromSeconds(30);
        if (line.Value("timeout") is { } wait)
        {
            if (!Duration.TryParseSeconds(wait, out double seconds, out string wrong) || seconds is < 0 or > 1e9) return Fail(wrong.Length > 0 ? wrong : "--timeout takes a time of 0 to 1e9 seconds");
            timeout = TimeSpan.FromSeconds(seconds);
        }

        return new ClientRun(programName, line, host, report, log, verbosity, timeout).Execute();

        int Fail(string reason)
        {
            report.Fault("Usage", $"ERROR: {reason}");
            if (report is TextReport) host.Error.WriteLine("Init of command line failed");
            return Failure;
        }
    }

    private static LogLevel Threshold(int verbosity) => verbosity switch
    {
        <= 0 => LogLevel.Error,
        1 => LogLevel.Warning,
        2 => LogLevel.Info,
        3 => LogLevel.Debug,
        _ => LogLevel.HeavyDebug,
    };

    // As Python decides about its streams: the C locale counts as UTF-8.
    private static bool TakesUnicode()
    {
        string? locale = s_localeVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        int dot = locale?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        return dot < 0 || locale![(dot + 1)..].Replace("-", "", StringComparison.Ordinal).StartsWith("utf8", StringComparison.OrdinalIgnoreCase);
    }
}
