using System.Numerics;
using System.Text;
using CsCheck;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.Patterns;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>What is remembered of lines is what a search would find again.</summary>
public sealed class KnownLinesTests
{
    private const int Smallest = 8 * 1024;
    private const int Largest = 512 * 1024;

    private static readonly string[] Regexes =
    [
        @"^bad <F-USER>\w+</F-USER> from <ADDR>$", @"^(?P<inv>invalid )?user (?P<user>\S+) (?(inv)by|from) <HOST>(?: port \d+)?$", @"^code 3: .*denied <ADDR>", @"^(\d)\1 twice <ADDR>$",
        @"twice$<F-ID>\S*</F-ID>", @"^.* port 2\d* <ADDR>$", @"<ADDR> .*\d$", "^nobody(?: (?P<fid>[0-4]+))?", @"^.* ruser=<F-ALT_USER>\w*</F-ALT_USER>(?: user=<F-USER>\w+</F-USER>)? rhost=<HOST>$",
    ];

    private static readonly string?[] PrefRegexes = [null, @"^ ?<F-MLFID>s\[\d+\]</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$", @"^(?:.*: )?<F-CONTENT>.*\w</F-CONTENT>[ .]*$"];

    private static readonly string[] IgnoreRegexes = [" 7 ", @"port \d\d$", "root"];

    // Mostly of two digits, so that many lines are alike.
    private static readonly Gen<string> Number = Gen.Int[-80, 119].Select(number => $"{(number < 0 ? 10 - number : number)}");

    private static readonly Gen<string> Text = Gen.Select(Gen.Int[0, 12], Number, Number, OneOf("root", "bob", "bob", "bob", "u7", "müller"), (form, one, other, user) => form switch
    {
        0 => $"bad {user} from 192.0.2.{one}",
        1 => $"user {user} from 192.0.{other}.{one}",
        2 => $"invalid user {user} by 192.0.2.{one} port {other}",
        3 => $"code {one}: denied 192.0.2.{other}",
        4 => $"code 3: is denied 192.0.2.{other}",
        5 => $"{one} twice 192.0.2.{other}",
        6 => $"any port {one} 192.0.2.{other}",
        7 => $"192.0.2.{one} {user} {other}",
        8 => $"nobody {one}",
        9 => $"pam ruser= user={user} rhost=192.0.2.{one}",
        10 => $"pam ruser={user} rhost=2001:db8::{one}",
        11 => $"all is well {one} .",
        _ => $"user {user} from host{one}.example",
    });

    private static readonly Gen<string> Line = Gen.Select(OneOf("", "s[1]: ", "s[2]: ", "s[3]: ", "s[4]: ", " s[34]: ", "é: "), Text, OneOf("", "", "", "", "."), (head, text, tail) => head + text + tail);

    [Theory]
    [InlineData(false, false, null)]
    [InlineData(false, true, null)]
    [InlineData(true, false, null)]
    [InlineData(true, true, null)]
    [InlineData(false, false, 10)]
    public void Lines_of_which_it_is_known_are_judged_as_if_they_were_searched(bool countsOnly, bool all, int? minutes)
    {
        TimeSpan? findTime = minutes is { } some ? TimeSpan.FromMinutes(some) : null;
        (int repeated, int found) = (0, 0);
        Gen.Select(Line.Array[40, 400], Gen.Int[1, (1 << Regexes.Length) - 1], Gen.Int[0, PrefRegexes.Length - 1], Gen.Int[0, 7]).Sample((lines, chosen, prefix, ignored) =>
        {
            (List<string> expected, _) = Results(lines, remembers: false);
            (List<string> told, long repeats) = Results(lines, remembers: true);
            Interlocked.Add(ref repeated, (int)repeats);
            Interlocked.Add(ref found, expected.Count(result => result.StartsWith("Matched", StringComparison.Ordinal)));
            return expected.SequenceEqual(told);

            (List<string> Results, long Repeats) Results(string[] lines, bool remembers)
            {
                var messages = new MessageList();
                using var filter = new Filter("j", new TestClock(), new Log(messages, "fail2ban.filter")) { FindTime = findTime, CountsOnly = countsOnly, CheckAllRegexes = all, Remembers = remembers };
                filter.SetPrefRegex(PrefRegexes[prefix]);
                for (int i = 0; i < Regexes.Length; i++)
                    if ((chosen >> i & 1) != 0) filter.AddFailRegex(Regexes[i]);
                for (int i = 0; i < IgnoreRegexes.Length; i++)
                    if ((ignored >> i & 1) != 0) filter.AddIgnoreRegex(IgnoreRegexes[i]);
                List<string> results = [.. lines.Select(line =>
                {
                    var failures = new List<Failure>();
                    LineResult result = filter.Process(new LogLine(Encoding.UTF8.GetBytes($"Aug 14 09:59:58 {line}\n")), new LogProgress(), failures);
                    return $"{result.Verdict} {result.IgnoreRegex} {result.Prefix is not null} {string.Join(", ", result.Hits.Select(hit => $"{hit.Regex} {hit.Verdict}"))}: "
                        + string.Join(", ", failures.Select(failure => $"{failure.Id} {failure.Host} {failure.Time:s} {string.Join('|', failure.Matches)} {string.Join(' ', failure.Data.Fields)}"));
                }), .. messages.All];
                return (results, filter.LinesRepeated);
            }
        }, iter: 500, print: sample => $"{string.Join('\n', sample.Item1)}\n{sample.Item2} {sample.Item3} {sample.Item4}");
        Assert.True(repeated > 3000 && found > 1000, $"{repeated} lines repeated, {found} matched");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10)]
    public void What_was_known_is_forgotten_with_each_change_of_regexes(int? minutes)
    {
        using Filter filter = Compile(minutes, "^ bad \\w+ from <ADDR>$");
        Assert.Equal(("Matched", "Matched"), (Verdict(filter, "bad u7 from 192.0.2.1"), Verdict(filter, "bad u8 from 192.0.2.2")));
        Assert.Equal(1, filter.LinesRepeated);
        filter.AddIgnoreRegex("^ bad u9");
        Assert.Equal(("Matched", "Ignored", "Matched"), (Verdict(filter, "bad u8 from 192.0.2.1"), Verdict(filter, "bad u9 from 192.0.2.2"), Verdict(filter, "bad u7 from 192.0.2.2")));
        filter.RemoveIgnoreRegex(0);
        Assert.Equal("Matched", Verdict(filter, "bad u9 from 192.0.2.2"));
        filter.SetPrefRegex("^ bad <F-CONTENT>.+</F-CONTENT>$");
        Assert.Equal("NoMatch", Verdict(filter, "bad u8 from 192.0.2.1"));
        filter.AddFailRegex("^\\w+ from <ADDR>$");
        Assert.Equal("Matched", Verdict(filter, "bad u9 from 192.0.2.2"));
        filter.RemoveFailRegex(1);
        Assert.Equal("NoMatch", Verdict(filter, "bad u8 from 192.0.2.1"));
        using Filter other = Compile(minutes, "^ worse", "^ bad u1 from <ADDR>$");
        filter.TakeOver(other);
        Assert.Equal(("NoMatch", "Matched"), (Verdict(filter, "bad u8 from 192.0.2.1"), Verdict(filter, "bad u1 from 192.0.2.1")));
    }

    [Fact]
    public void What_was_known_is_forgotten_where_something_else_is_asked()
    {
        using Filter filter = Compile(null, "^ bad <ADDR>$", "<ADDR>$");
        Hits("bad 192.0.2.1", "0 Matched");
        Hits("bad 192.0.2.2", "0 Matched");
        filter.CheckAllRegexes = true;
        Hits("bad 192.0.2.3", "0 Matched, 1 Matched");
        filter.CheckAllRegexes = false;
        Hits("bad 192.0.2.4", "0 Matched");
        filter.CountsOnly = true;
        Hits("bad 192.0.2.5", "0 Matched");
        filter.MaxLines = 2;
        Hits("bad 192.0.2.6", "0 Matched");

        void Hits(string line, string expected) => Assert.Equal(expected, string.Join(", ", Result(filter, line).Hits.Select(hit => $"{hit.Regex} {hit.Verdict}")));
    }

    [Fact]
    public void A_line_that_differs_in_digits_only_is_known()
    {
        KnownLines memory = Memory(@"^fail <ADDR> port \d+$");
        Assert.Equal(Familiarity.New, Ask(memory, "fail 192.0.2.1 port 17\n"));
        memory.Remember(new KnownLine { FailRegex = 0, TextStart = 3, TextEnd = 7, Groups = new GroupSpans((ReadOnlySpan<int>)[0, 5, -1, -1]) });
        Assert.Equal(Familiarity.Known, memory.Ask("fail 192.1.9.8 port 42\n"u8, out KnownLine known));
        Assert.Equal((0, false, 3, 7), (known.FailRegex, known.HasPrefix, known.TextStart, known.TextEnd));
        Assert.Equal(((0, 5), (-1, -1), (-1, -1), 4), (known.Groups[0], known.Groups[1], known.Groups[2], known.Groups.Length));
        Assert.Equal(Familiarity.New, Ask(memory, "fail 192.1.9.8 port 423\n"));
        Assert.Equal(Familiarity.New, Ask(memory, "Fail 192.1.9.8 port 42\n"));
        Assert.Equal(Familiarity.New, Ask(memory, "7\n"));
        memory.Remember(new KnownLine { FailRegex = -1 });
        Assert.Equal(Familiarity.Known, Ask(memory, "3\n"));
    }

    [Theory]
    [InlineData("fail é\n")]
    [InlineData("")]
    public void Some_lines_cannot_be_remembered(string line)
    {
        KnownLines memory = Memory("^fail <ADDR>$");
        Assert.Equal(Familiarity.None, Ask(memory, line));
        Assert.Equal(Familiarity.New, Ask(memory, new string('x', 191) + "\n"));
        Assert.Equal(Familiarity.None, Ask(memory, new string('x', 192) + "\n"));
    }

    [Theory]
    [InlineData(@"^(\d)\1(?P<fid>\d+)$", false)]
    [InlineData(@"^fail (\d)\1 <ADDR>$", true)] // chosen by a text without digits
    [InlineData(@"^fail 2(\d)\1 <ADDR>$", false)]
    public void What_compares_digits_is_kept_out(string regex, bool canRemember) => Assert.Equal(canRemember, MemoryOf(regex) is not null);

    [Fact]
    public void A_digit_that_matters_is_told_apart()
    {
        KnownLines memory = Memory(@"^\S+ 3 <ADDR>$");
        Assert.Equal(Familiarity.New, Ask(memory, "a 3 192.0.2.1\n"));
        memory.Remember(new KnownLine { FailRegex = 0 });
        Assert.Equal(Familiarity.Known, Ask(memory, "a 3 154.6.7.8\n"));
        Assert.Equal(Familiarity.New, Ask(memory, "a 4 192.0.2.1\n"));
        Assert.Equal(Familiarity.New, Ask(memory, "a 3 132.0.2.1\n"));
    }

    [Fact]
    public void It_grows_for_lines_that_come_again()
    {
        KnownLines memory = Memory("^fail <ADDR>$");
        var random = new Random(1);
        for (int i = 0; i < 8_000; i++) Learn(memory, random.Next(400));
        Assert.All(Enumerable.Range(0, 400), line => Assert.Equal(Familiarity.Known, Ask(memory, Letters(line))));
        Assert.InRange(memory.Room, 2 * Smallest, Largest);
    }

    [Fact]
    public void It_begins_anew_when_all_its_memory_is_used()
    {
        KnownLines memory = Memory("^fail <ADDR>$");
        Span<int> spans = stackalloc int[4];
        int known = 0;
        for (int i = 0; i < 200_000; i++)
        {
            // Every other line comes again; there are far more lines than there is room for.
            int line = i / 2 * 3;
            if (memory.Ask(Encoding.UTF8.GetBytes(Letters(line)), out KnownLine found) == Familiarity.Known)
            {
                known++;
                Assert.Equal((line % 190, 0, -1, 188), (found.FailRegex, found.Groups[0].Start, found.Groups[1].Start, found.Groups[0].End));
                continue;
            }

            spans[0] = 0;
            spans[1] = 188;
            spans[2] = spans[3] = -1;
            memory.Remember(new KnownLine { FailRegex = line % 190, Groups = new GroupSpans(spans) });
        }

        Assert.Equal(100_000, known);
        Assert.Equal(Largest, memory.Room);
    }

    [Fact]
    public void Lines_that_are_made_to_have_one_hash_do_not_make_it_slow()
    {
        KnownLines memory = Memory("^fail <ADDR>$");
        byte[][] lines = [.. OfOneHash().Take(300)];
        var answers = new List<Familiarity>();
        foreach (byte[] line in lines)
        {
            answers.Add(memory.Ask(line, out _));
            if (answers[^1] == Familiarity.New) memory.Remember(new KnownLine { FailRegex = -1 });
        }

        // So many are probed at most.
        Assert.Equal(Enumerable.Repeat(Familiarity.New, 129).Concat(Enumerable.Repeat(Familiarity.None, 171)), answers);
        Assert.Equal(Familiarity.Known, memory.Ask(lines[127], out _));
        Assert.Equal(Familiarity.None, memory.Ask(lines[128], out _));
        Assert.Equal(Familiarity.New, Ask(memory, "another\n"));
    }

    [Fact]
    public void It_rests_where_lines_do_not_come_again()
    {
        KnownLines memory = Memory("^fail <ADDR>$");
        int line = 0;
        for (; Ask(memory, Letters(line)) != Familiarity.None; line++)
        {
            memory.Remember(new KnownLine { FailRegex = -1 });
            Assert.True(line < 10_000);
            Assert.Equal(Smallest, memory.Room);
        }

        Assert.Equal(0, memory.Room);

        int rested = 1;
        while (Ask(memory, "the same\n") == Familiarity.None) Assert.True(++rested < 1_000_000);
        Assert.True(rested > 10 * line, $"{rested} lines of rest after {line}");
        memory.Remember(new KnownLine { FailRegex = -1 });
        Assert.Equal(Familiarity.Known, Ask(memory, "the same\n"));
    }

    private static Filter Compile(int? minutes, params string[] regexes)
    {
        var filter = new Filter("j", new TestClock(), new Log(new MessageList(), "fail2ban.filter")) { FindTime = minutes is { } some ? TimeSpan.FromMinutes(some) : null };
        foreach (string regex in regexes) filter.AddFailRegex(regex.Contains("<ADDR>", StringComparison.Ordinal) ? regex : regex + " <ADDR>");
        return filter;
    }

    private static string Verdict(Filter filter, string line) => $"{Result(filter, line).Verdict}";

    private static LineResult Result(Filter filter, string line) =>
        filter.Process(new LogLine(Encoding.UTF8.GetBytes($"Aug 14 09:59:58 {line}\n")), new LogProgress(), []);

    private static void Learn(KnownLines memory, int line)
    {
        if (Ask(memory, Letters(line)) == Familiarity.New) memory.Remember(new KnownLine { FailRegex = -1 });
    }

    // Of two steps, whose even halves are chosen so that the second takes back what the first has done to the hash.
    private static IEnumerable<byte[]> OfOneHash()
    {
        var random = new Random(7);
        byte[] line = new byte[32];
        while (true)
        {
            line.AsSpan().Fill((byte)'-');
            for (int i = 0; i < sizeof(ulong); i++) line[i] = (byte)random.Next('a', 'z' + 1);
            ulong first = (BitOperations.RotateLeft((ulong)line.Length, 29) ^ BitConverter.ToUInt64(line)) * 0x9E3779B97F4A7C15;
            BitConverter.TryWriteBytes(line.AsSpan(16), BitOperations.RotateLeft(first, 29));
            if (Ascii.IsValid(line.AsSpan()) && !line.AsSpan().ContainsAnyInRange((byte)'0', (byte)'9')) yield return [.. line];
        }
    }

    // No digits, and long enough that the smallest memory has room for some 70.
    private static string Letters(int number) => string.Concat($"{number}".Select(digit => (char)('a' + digit - '0'))).PadLeft(100, '-') + "\n";

    private static Familiarity Ask(KnownLines memory, string line) => memory.Ask(Encoding.UTF8.GetBytes(line), out _);

    private static KnownLines Memory(string regex) => MemoryOf(regex)!;

    private static KnownLines? MemoryOf(string regex)
    {
        var regexes = new RegexSet();
        regexes.FailRegexes.Add(CompiledRegex.Compile(regex, UseDns.Raw, multiLine: false));
        regexes.Prepare(countsOnly: false);
        return KnownLines.Of(regexes, Largest);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
