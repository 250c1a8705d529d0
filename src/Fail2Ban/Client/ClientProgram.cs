using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>fail2ban-client and the command line of fail2ban-server.</summary>
public static class ClientProgram
{
    /// <summary>The version of the original that answers, layouts and options are those of.</summary>
    public const string Version = Release.Compatible;

    private const int Failure = 255;

    /// <summary>Runs one command line.</summary>
    /// <param name="programName"><c>fail2ban-client</c> or <c>fail2ban-server</c>, without a path.</param>
    /// <param name="args">What follows the name.</param>
    /// <param name="host">Streams, clock and the server to run.</param>
    /// <returns>The exit code: 0, or 255 for any failure.</returns>
    public static int Run(string programName, IReadOnlyList<string> args, ClientHost host)
    {
        CommandLine? line = CommandLine.Parse(args, out string error);
        if (line is null)
        {
            host.Output.Write(HelpText.Usage(programName));
            host.Error.WriteLine($"{programName}: {error}");
            return Failure;
        }

        if (line.Has("help")) return Print(host, HelpText.Usage(programName));
        if (line.Has("version")) return Print(host, line.WasShort.Contains("version") ? $"{Version}\n" : $"Fail2Ban v{Version}\nFail2Ban.NET {host.BuildVersion}\n");
        if (line.Value("str2sec") is { } text) return Seconds(text, host);
        int verbosity = 1 + line.Count("v") - line.Count("q");
        var log = new Log(new ErrorSink(host.Error, host.Time, Threshold(verbosity)), "fail2ban");
        TimeSpan timeout = TimeSpan.FromSeconds(30);
        if (line.Value("timeout") is { } wait)
        {
            if (!Duration.TryParseSeconds(wait, out double seconds, out string wrong) || seconds is < 0 or > 1e9) return Fail(host, wrong.Length > 0 ? wrong : "--timeout takes a time of 0 to 1e9 seconds");
            timeout = TimeSpan.FromSeconds(seconds);
        }

        return new ClientRun(programName, line, host, log, verbosity, timeout).Execute();
    }

    private static int Seconds(string text, ClientHost host)
    {
        if (!Duration.TryParse(text, out object seconds, out string error)) return Fail(host, error);
        return Print(host, PythonText.Str(seconds) + "\n");
    }

    private static int Fail(ClientHost host, string error)
    {
        host.Output.WriteLine($"ERROR: {error}");
        host.Error.WriteLine("Init of command line failed");
        return Failure;
    }

    private static int Print(ClientHost host, string text)
    {
        host.Output.Write(text);
        return 0;
    }

    private static LogLevel Threshold(int verbosity) => verbosity switch
    {
        <= 0 => LogLevel.Error,
        1 => LogLevel.Warning,
        2 => LogLevel.Info,
        3 => LogLevel.Debug,
        _ => LogLevel.HeavyDebug,
    };
}
