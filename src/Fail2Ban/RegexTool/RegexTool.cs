using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.RegexTool.Lint;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary><c>fail2ban-regex</c>: tries regexes and filters on logs. Never bans, never writes.</summary>
public static class RegexTool
{
    private const int WrongInput = 255;
    private const int UnknownOption = 2;
    private const int Failed = 1;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Runs the program.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="host">What the program sees of its surroundings.</param>
    /// <returns>The exit status: 0 finished, 1 failed inside or faults found by <c>--lint</c>, 2 unknown option, 255 wrong input.</returns>
    public static int Run(IReadOnlyList<string> args, RegexToolHost host)
    {
        // Closed by the caller, who owns the streams.
        TextWriter output = new StreamWriter(host.Out, Utf8, bufferSize: 64 * 1024, leaveOpen: true);
        if (host.OutIsTerminal) output = new TerminalWriter(output, host.UseColours);
        var error = new StreamWriter(host.Error, Utf8, leaveOpen: true);
        try
        {
            int status = Run(args, host, output, error);
            output.Flush();
            error.Flush();
            return status;
        }
        catch (IOException)
        {
            // Only writing ends here: the reader of our output has had enough (head, less), which is no error.
            return 0;
        }
    }

    private static int Run(IReadOnlyList<string> args, RegexToolHost host, TextWriter output, TextWriter error)
    {
        if (args.Count > 0 && args[0] == ShellOffers.Option) return Answer(output, ShellOffers.Lines([.. args.Skip(1)]));
        RegexToolOptions options = OptionParser.Parse(args, out string? wrong);
        if (options.ShowHelp) return Answer(output, HelpText.Full);
        if (options.ShowVersionNumber) return Answer(output, $"{Release.Compatible}\n");
        if (options.ShowVersion) return Answer(output, $"fail2ban-regex {Release.Compatible}\n");
        if (wrong is not null)
        {
            error.Write($"{HelpText.Usage}\nfail2ban-regex: error: {wrong}\n");
            return UnknownOption;
        }

        string? misuse = Misuse(options);
        if (misuse is not null)
        {
            output.Write(HelpText.Full);
            error.Write($"\nERROR: {misuse}\n");
            return WrongInput;
        }

        if (!ToolSink.TryParseLevel(options.LogLevel, out LogLevel level))
        {
            error.Write($"ERROR: Invalid log level '{options.LogLevel}'; known are critical, error, warning, notice, info, msg, debug, tracedebug, heavydebug and numbers\n");
            return Failed;
        }

        var log = new Log(new ToolSink(output, level, options.Verbosity, host.Time), "fail2ban.filter");
        try
        {
            return options.Lint is { } filter ? LintCommand.Run(filter, options.ConfigDirectory, host.Time, output, log) : Test(options, host, output, error, log);
        }
        catch (FilterException e)
        {
            output.WriteBad("ERROR:");
            output.Write($" {e.Message}\n");
            return WrongInput;
        }
    }

    private static int Test(RegexToolOptions options, RegexToolHost host, TextWriter output, TextWriter error, Log log)
    {
        bool isJournal = options.Arguments[0].StartsWith(JournalInput.Name, StringComparison.Ordinal);
        FailureFormat? format = options.Out is null ? null : new FailureFormat(options.Out, host.NameOf);
        var head = new ReportHead(output, isSilent: format is not null);
        head.Begin();
        var setup = new FilterSetup(options, head, host.Time, log);
        using Filter filter = setup.Build(isJournal ? "journal" : "file");
        Func<string, IReadOnlyList<FailureId>> resolve = Resolver(host, filter, log);

        Report? report = format is null ? new Report(options, filter, host.Time, resolve) { HasDates = !isJournal || filter.DatePattern is not null } : null;
        LineTest test = new(filter, report, format, options.Invert, resolve, output);
        ReadLog(options, isJournal, setup, filter, head, host, error, log, test);
        report?.Print(output);
        return 0;
    }

    private static void ReadLog(
        RegexToolOptions options, bool isJournal, FilterSetup setup, Filter filter, ReportHead head, RegexToolHost host,
        TextWriter error, Log log, LineTest test)
    {
        string source = options.Arguments[0];
        if (isJournal)
        {
            head.Text("systemd journal");
            if (LogEncoding.TryParse(options.Encoding ?? setup.Encoding ?? "auto", out LogEncoding named, out _)) head.Line("encoding", named.Name);
            JournalInput.Read(source, options.JournalMatch, setup.JournalMatches, head, host.Time.LocalTimeZone, test.Handle);
            return;
        }

        if (source == "-" || File.Exists(source))
        {
            if (!LogEncoding.TryParse(options.Encoding ?? setup.Encoding ?? "auto", out LogEncoding encoding, out string wrong)) throw new FilterException(wrong);
            head.Line("log file", source);
            head.Line("encoding", encoding.Name);
            head.End();
            using Stream stream = source == "-" ? host.In : Open(source);
            ReadingProgress? progress = host.ErrorIsTerminal && stream.CanSeek && stream.Length >= ReadingProgress.SmallestLog
                ? new ReadingProgress(error, stream.Length, host.Time) : null;
            void Read(LinesHandler handle) => LogInput.ReadFile(stream, source, encoding, log, progress, handle);
            if (filter.CanWorkApart && Environment.ProcessorCount > 1) SearchAhead.Run(Read, test);
            else Read(test.HandleAll);
            return;
        }

        if (filter.MaxLines == 1 && !source.Contains('\n', StringComparison.Ordinal))
        {
            head.Line("single line", ReportHead.Shorten(source.Replace("\r", "", StringComparison.Ordinal)));
            head.End();
            LogInput.ReadText([source], test.Handle);
            return;
        }

        string[] lines = source.Split('\n');
        head.MultiLine(lines);
        head.End();
        LogInput.ReadText(lines, test.Handle);
    }

    private static FileStream Open(string path)
    {
        try
        {
            // Large chunks are asked for anyway; a buffer of the stream's own would only copy.
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new FilterException($"cannot read log file '{path}': {e.Message}", e);
        }
    }

    private static string? Misuse(RegexToolOptions options) =>
        options.Lint is not null ? options.Arguments.Count == 0 ? null : "--lint takes a filter, and no <LOG> or <REGEX>."
        : options.Arguments.Count is < 2 or > 3 ? "provide both <LOG> and <REGEX>."
        : !options.PrintMissed && options.PrintAllMissed ? "--print-no-missed and --print-all-missed are mutually exclusive."
        : !options.PrintIgnored && options.PrintAllIgnored ? "--print-no-ignored and --print-all-ignored are mutually exclusive."
        : null;

    private static Func<string, IReadOnlyList<FailureId>> Resolver(RegexToolHost host, Filter filter, Log log)
    {
        var known = new Dictionary<string, IReadOnlyList<FailureId>>();
        return name =>
        {
            if (known.TryGetValue(name, out IReadOnlyList<FailureId>? addresses)) return addresses;
            addresses = host.Resolve(name);
            if (addresses.Count == 0) log.Unresolved(name);
            else if (filter.UseDns == UseDns.Warn) log.Resolved(name, addresses.Select(address => address.ToString()));
            return known[name] = addresses;
        };
    }

    private static int Answer(TextWriter output, string text)
    {
        output.Write(text);
        return 0;
    }
}
