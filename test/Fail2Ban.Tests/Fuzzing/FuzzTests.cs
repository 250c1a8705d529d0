using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Fail2Ban.Tests.Fuzzing;

/// <summary>
/// Feeds each parser its kept inputs, generated ones and damaged ones; <c>scripts/fuzz</c> does it millions of times, by these
/// variables: FAIL2BAN_FUZZ_INPUTS, FAIL2BAN_FUZZ_SECONDS, FAIL2BAN_FUZZ_SEED, FAIL2BAN_FUZZ_PARSER (one only),
/// FAIL2BAN_FUZZ_KEEP (what makes a parser say something new is added to its corpus), FAIL2BAN_FUZZ_REPORT (a file that gets
/// a line for each parser).
/// </summary>
public sealed partial class FuzzTests
{
    private const int LongestKept = 400;
    private const int MostKept = 200;

    public static TheoryData<string> Parsers => [.. FuzzedParsers.All.Select(parser => parser.Name).Where(name => Text("PARSER") is not { Length: > 0 } wanted || name == wanted)];

    [Theory]
    [MemberData(nameof(Parsers))]
    public void No_input_crashes_a_parser(string name)
    {
        FuzzedParser parser = FuzzedParsers.All.Single(one => one.Name == name);
        List<byte[]> corpus = Corpus.Read(name);
        (long most, long seconds, int seed) = (Variable("INPUTS") ?? 1000, Variable("SECONDS") ?? long.MaxValue, (int)(Variable("SEED") ?? 1));
        Assert.NotEmpty(corpus);
        var said = new HashSet<string>(corpus.Select(input => Shape(Fed(parser, input))), StringComparer.Ordinal);
        bool keep = Variable("KEEP") is not null;

        var inputs = new Inputs(parser, corpus, seed);
        long start = Stopwatch.GetTimestamp(), tried = corpus.Count;
        TimeSpan slowest = TimeSpan.Zero;
        for (; tried < most && Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; tried++)
        {
            byte[] input = inputs.Next();
            long before = Stopwatch.GetTimestamp();
            string answer = Fed(parser, input);
            TimeSpan took = Stopwatch.GetElapsedTime(before);
            if (took > slowest) slowest = took;
            if (keep && corpus.Count < MostKept && input.Length <= LongestKept && said.Add(Shape(answer)))
            {
                Corpus.Keep(name, input);
                corpus.Add(input);
            }
        }

        Report($"{name}: {tried:N0} inputs (seed {seed}, {corpus.Count} kept), crashes 0, {Stopwatch.GetElapsedTime(start).TotalSeconds:F0} s, slowest {slowest.TotalMilliseconds:F1} ms");
    }

    [Fact]
    public void What_is_kept_is_read_as_it_was()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        Assert.Equal(all, Corpus.Bytes(Corpus.Line(all)));
    }

    // An input that does anything but what its parser may do is kept, so that it is tried from then on.
    private static string Fed(FuzzedParser parser, byte[] input)
    {
        try
        {
            return parser.Parse(input);
        }
        catch (Exception error)
        {
            if (Variable("INPUTS") is not null) Corpus.Keep(parser.Name, input);
            Report($"{parser.Name}: CRASHED by {Corpus.Line(input)}: {error.GetType().Name}: {error.Message}");
            throw new InvalidOperationException($"{parser.Name}: {Corpus.Line(input)}", error);
        }
    }

    // An answer without what stands in it by chance.
    private static string Shape(string answer) => Quoted().Replace(answer.Length > 200 ? answer[..200] : answer, "*");

    private static long? Variable(string name) => long.TryParse(Text(name), CultureInfo.InvariantCulture, out long value) ? value : null;

    private static string? Text(string name) => Environment.GetEnvironmentVariable("FAIL2BAN_FUZZ_" + name);

    private static void Report(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        if (Text("REPORT") is { Length: > 0 } file) File.AppendAllText(file, line + "\n");
    }

    [GeneratedRegex(@"'[^']*'|""[^""]*""|\d+|(?<=: ).{20,}")]
    private static partial Regex Quoted();
}
