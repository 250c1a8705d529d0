using System.Text;
using CsCheck;
using Fail2Ban.Client;
using Fail2Ban.Client.Commands;
using Fail2Ban.Configuration;
using Fail2Ban.Control.Wire;
using Fail2Ban.Detection.Dates;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Patterns;
using Fail2Ban.Store;
using Fail2Ban.Tests.Configuration;
using Fail2Ban.Tests.Control.Wire;
using Fail2Ban.Tests.Detection.Dates;
using Fail2Ban.Tests.Patterns;
using Fail2Ban.Tests.Tracking;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Fuzzing;

/// <summary>The parsers, each with what it is fed and what must hold of what it reads.</summary>
internal static class FuzzedParsers
{
    private static readonly string[] s_jails = ["sshd", "nginx-http-auth"];
    private static readonly DetectorUnderTest s_dates = new();

    internal static IReadOnlyList<FuzzedParser> All { get; } =
    [
        new("configuration", seed => Bytes(Inputs.Drawing(BadInputTests.Texts, seed)), ["[j]\n", "[DEFAULT]\n", "%(x)s", "%(known/x)s", "<x>", "\n ", " = ", "x[a=\"b\"]", "/../"], Configuration),
        new("patterns", FreshPattern, ["(?P<x>", "(?P=x)", "(?(1)a|b)", "(?i)", "<HOST>", "\\d+", "[^]a]", "{2,}", "(?<=a)", "(?#", "\\u00e9", "\\1"], Patterns),
        new("dates", FreshDate, ["%Y", "%ExY", "{DATE}", "{EPOCH}", "{^LN-BEG}", "**", "2005-01-23T21:59:59", "Jan 23 21:59:59", "1138049999", "+0200", "TAI64N"], Dates),
        new("pickle", FreshPickle, ["\u0080\u0005", "cos\nsystem\n", "](", "}(", "h\0", "q\0", "tR.", "I1\n", "F1e5\n", "b."], Wire),
        new("client arguments", FreshArguments, ["--", "-c", "--loglevel", "set", "get", "sshd", "banip", "'", "\"", "\\", "--unban", "192.0.2.1"], Arguments),
        new("database JSON", FreshRow, ["{\"matches\": [", "\"failures\": ", "[\"\", \"\", \"\"]", "1e999", "\\ud800", "null", "\"ip\": ", "{}", "[[[["], Row),
        new("journal fields", FreshEntry, ["MESSAGE=", "_PID=", "SYSLOG_PID=0x", "SYSLOG_IDENTIFIER=kernel", "_SOURCE_REALTIME_TIMESTAMP=9223372036854775807", "\n", "\ufffd"], Entry),
    ];

    // -- What they are fed --------------------------------------------------------

    private static Func<byte[]> Bytes(Func<string> texts) => () => Encoding.UTF8.GetBytes(texts());

    private static byte[] Joined(IEnumerable<string> parts) => [.. parts.SelectMany((part, index) => index == 0 ? Encoding.UTF8.GetBytes(part) : [FuzzedParser.Separator, .. Encoding.UTF8.GetBytes(part)])];

    private static Func<byte[]> FreshPattern(int seed)
    {
        var generator = new DialectGenerator(seed);
        Func<string> signs = Inputs.Drawing(PatternMatchTests.Texts, seed);
        bool dialect = false;
        return () =>
        {
            if (!(dialect = !dialect)) return Joined([signs(), "a1é\n"]);
            DialectGenerator.Question question = generator.Next();
            return Joined([question.Pattern, question.Subject]);
        };
    }

    // Lines of the default detector, and patterns with lines.
    private static Func<byte[]> FreshDate(int seed)
    {
        var texts = new DateTexts(seed);
        int number = 0;
        return () =>
        {
            string pattern = texts.Pattern();
            return number++ % 4 > 0 ? Joined([texts.Line("{DATE}")]) : Joined([pattern, texts.Line(pattern)]);
        };
    }

    private static Func<byte[]> FreshPickle(int seed)
    {
        Func<object?> values = Inputs.Drawing(PickleTests.Values, seed);
        return () => Pickle.Encode(values());
    }

    private static Func<byte[]> FreshArguments(int seed)
    {
        var random = new Random(seed);
        string[] options = [.. OptionTable.All.SelectMany(option => option.Names), "--", "-", "--lo", "--timeout=5", "-vv", "-c/etc"];
        string[] values = ["sshd", "192.0.2.1", "2001:db8::/32", "1 hour", "^ <HOST>$", "é", "", "\ud83d", "/var/log/a.log", "on", "--all", "'a b'", "\"", "\\"];
        return () =>
        {
            Command command = CommandTable.All[random.Next(CommandTable.All.Count)];
            IEnumerable<string> words = command.Rules.Select(rule => rule.Literals.Count > 0 && random.Next(8) > 0 ? rule.Literals[random.Next(rule.Literals.Count)] : values[random.Next(values.Length)]);
            return Joined([.. Enumerable.Range(0, random.Next(3)).Select(_ => options[random.Next(options.Length)]), .. words.Take(random.Next(8)), .. values.Take(random.Next(2))]);
        };
    }

    private static Func<byte[]> FreshRow(int seed)
    {
        Func<(string, string, int, object?)> parts = Inputs.Drawing(Gen.Select(Gen.String, Gen.String, Gen.Int, PickleTests.Values), seed);
        return () =>
        {
            (string before, string after, int failures, object? value) = parts();
            Ticket ticket = Attempts.Ticket("192.0.2.2") with { Matches = [new(before, "Nov 23", after), new("", "", after)], Failures = failures, Data = Attempts.Data(("f", after), ("v", value as string)) };
            return new BanJson().Write(ticket, 10);
        };
    }

    private static Func<byte[]> FreshEntry(int seed)
    {
        var random = new Random(seed);
        string[] names = ["MESSAGE", "_HOSTNAME", "SYSLOG_IDENTIFIER", "_COMM", "_PID", "SYSLOG_PID", "_SOURCE_REALTIME_TIMESTAMP", "_SOURCE_MONOTONIC_TIMESTAMP", "N", ""];
        string[] values = ["sshd", "kernel", "12", "0x1F", "0b2", "-1", " 1_2 ", "9223372036854775808", "1704164600000000", "a\nb", "é\u2028", "", "Failed password for root from 192.0.2.1 port 1 ssh2", new('m', 300)];
        return () => Joined(Enumerable.Range(0, random.Next(1, 8)).Select(_ => $"{names[random.Next(names.Length)]}={values[random.Next(values.Length)]}"));
    }

    // -- What reads them ----------------------------------------------------------

    private static string Configuration(byte[] input)
    {
        string text = Encoding.UTF8.GetString(input);
        bool isList = ParameterList.TryParse(text, out ParameterList? list, out string error);
        Assert.Equal(isList, list is not null);
        Assert.All(ParameterList.Split(text), part => Assert.NotEqual("", part));
        string wrong = BadInputTests.Interpolate("[j]\nx = 1\n" + text);
        return wrong.Length > 0 ? wrong : error;
    }

    private static string Patterns(byte[] input)
    {
        List<byte[]> parts = FuzzedParser.Parts(input);
        string text = Encoding.UTF8.GetString(parts[0]);
        try
        {
            using Pattern pattern = Pattern.Compile(text, multiLine: input.Length % 2 == 0);
            byte[] subject = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(parts[^1]));
            MatchOutcome outcome = pattern.Match(subject);
            for (int group = 0; outcome == MatchOutcome.Match && group <= pattern.GroupCount; group++)
            {
                (int start, int end) = pattern.Group(group);
                Assert.True(start == -1 ? end == -1 : 0 <= start && start <= end && end <= subject.Length, $"group {group}: {start}-{end} of {subject.Length}");
            }

            return outcome.ToString();
        }
        catch (PatternException error)
        {
            Assert.InRange(error.Position, 0, text.Length);
            return error.Message;
        }
    }

    private static string Dates(byte[] input)
    {
        List<byte[]> parts = FuzzedParser.Parts(input);
        byte[] line = [.. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(parts[^1]).Replace('\n', ' ')), (byte)'\n'];
        s_dates.Logged.Clear();
        if (parts.Count == 1) return Told(s_dates);
        try
        {
            using var detector = new DetectorUnderTest([.. parts.SkipLast(1).Take(3).Select(Encoding.UTF8.GetString)]);
            return Told(detector);
        }
        catch (DatePatternException error)
        {
            return error.Message;
        }

        string Told(DetectorUnderTest under)
        {
            DateMatch match = under.Detector.Detect(line);
            if (!match.Found) return "none";
            Assert.True(0 <= match.Start && match.Start <= match.End && match.End < line.Length, $"{match.Start}-{match.End} of {line.Length}");
            return match.Time is null ? $"fault {match.Fault}" : $"found {under.Logged.Count}";
        }
    }

    private static string Wire(byte[] input)
    {
        if (!Pickle.TryDecode(input, out object? value, out string? error)) return error;
        string once = PythonText.Repr(value);
        Assert.True(Pickle.TryDecode(Pickle.Encode(value), out object? back, out error), error);
        Assert.Equal(once, PythonText.Repr(back));
        return "";
    }

    private static string Arguments(byte[] input)
    {
        string[] words = [.. FuzzedParser.Parts(input).Select(Encoding.UTF8.GetString)];
        if (CommandLine.Parse(words, out string error) is { } line)
        {
            Assert.True(line.Words.Count <= words.Length);
            words = [.. line.Words];
        }

        string near = CommandGrammar.Near(words, s_jails) ?? "";
        string doubts = string.Join('|', CommandDoubts.About(words));
        _ = CommandGrammar.After(words);
        Assert.InRange(CommandGrammar.WholeLength(words) ?? 0, 0, words.Length);
        if (!ShellWords.TrySplit(string.Join(' ', words), out IReadOnlyList<string> split, out string unbalanced)) error += unbalanced;
        Assert.True(Pickle.TryDecode(Pickle.Encode(new List<object?>(split)), out _, out string? broken), broken);
        return $"{error} {near} {(doubts.Length > 20 ? doubts[..20] : doubts)}";
    }

    private static string Row(byte[] input)
    {
        (int failures, var matches, FailureData data, var address) = BanJson.Read(input);
        // What was read can be written and read again, and is the same.
        Ticket ticket = Attempts.Ticket("192.0.2.2", address: address?.ToString()) with { Matches = matches, Failures = failures, Data = data };
        (int again, var lines, FailureData fields, _) = BanJson.Read(new BanJson().Write(ticket, int.MaxValue));
        Assert.Equal(failures, again);
        Assert.Equal(matches.Select(match => match.ToString()), lines.Select(match => match.ToString()));
        Assert.True(fields.Fields.Length <= data.Fields.Length);
        return $"{matches.Length > 0} {data.Fields.Length} {address is not null}";
    }

    private static string Entry(byte[] input)
    {
        var fields = new EntryFields { RealTime = 1_704_164_645_678_901, MonotonicTime = 7 };
        List<byte[]> parts = FuzzedParser.Parts(input);
        foreach (byte[] part in parts) fields.Take(part);
        var text = new EntryText(TimeZoneInfo.Utc);
        text.Compose(fields);
        // One line of valid text, whatever came: no entry forges a second one.
        Assert.Equal(text.Bytes.Length - 1, text.Bytes.IndexOf((byte)'\n'));
        Assert.True(System.Text.Unicode.Utf8.IsValid(text.Bytes));
        Assert.InRange(text.DateLength, 1, text.Bytes.Length - 1);
        return $"{fields.Message.IsEmpty} {fields.Host.IsEmpty} {fields.Identifier.IsEmpty} {fields.Process.IsEmpty} {text.Time.Year}";
    }
}
