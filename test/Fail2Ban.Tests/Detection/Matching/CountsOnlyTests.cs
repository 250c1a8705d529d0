using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>Whoever only counts is told the same of each line as whoever wants to know everything.</summary>
public sealed class CountsOnlyTests
{
    private static readonly string[] Tells =
    [
        "^<F-MLFID>[a-c]?</F-MLFID> fail <F-USER>\\w*</F-USER> from <HOST>$",
        "^<F-MLFID>[a-c]</F-MLFID> fails as <F-USER>\\w*</F-USER>$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-NOFAIL>knock</F-NOFAIL>(?: as <F-USER>\\w*</F-USER>)?(?: from <HOST>)?$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-NOFAIL>()</F-NOFAIL>nothing(?: from <F-ID>\\S+</F-ID>)?$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-MLFGAINED>in</F-MLFGAINED>(?: as <F-USER>\\w*</F-USER>)?$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-MLFGAINED><F-NOFAIL>well</F-NOFAIL></F-MLFGAINED>(?: from <HOST>)?$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-MLFFORGET><F-MLFGAINED>accepted</F-MLFGAINED></F-MLFFORGET> as <F-USER>\\w*</F-USER>$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-MLFFORGET>gone</F-MLFFORGET>(?: from <HOST>)?$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-NOFAIL><F-MLFFORGET>bye</F-MLFFORGET></F-NOFAIL>(?: as <F-USER>\\w*</F-USER>)?$",
        "^<F-MLFID>[a-c]</F-MLFID> <F-MLFFORGET>()</F-MLFFORGET>stays$",
        "^<F-MLFID>[a-c]</F-MLFID> ruser=<F-ALT_USER>\\w*</F-ALT_USER>(?: euser=<F-ALT_USER_2>\\w*</F-ALT_USER_2>)?(?: user=<F-USER>\\w*</F-USER>)?(?: from <HOST>)?$",
        "^alone from <HOST>$",
    ];

    private static readonly string[] Lines =
    [
        "{0} fail {1} from {2}", "{0} fail  from {2}", "{0} fails as {1}", "{0} knock", "{0} knock as {1}", "{0} knock from {2}", "{0} knock as {1} from {2}", "{0} nothing",
        "{0} nothing from here", "{0} in", "{0} in as {1}", "{0} well", "{0} well from {2}", "{0} accepted as {1}", "{0} gone", "{0} gone from {2}", "{0} bye", "{0} bye as {1}",
        "{0} ruser= user={1} from {2}", "{0} ruser={1}", "{0} ruser= euser={1} user=", "{0} ruser=w euser={1} from {2}", "{0} ruser={1} user=w",
        "{0} stays", "alone from {2}", " fail {1} from {2}", "something else",
    ];

    private static readonly string[] Hosts = ["192.0.2.1", "2001:db8::1", "host.example"];

    private static readonly Gen<string> Line = Gen.Select(Gen.Int[0, Lines.Length - 1], Gen.Char["abc"], Gen.Int[0, 2], Gen.Int[0, 2])
        .Select(pick => string.Format(null, Lines[pick.Item1], pick.Item2, "uvw"[pick.Item3], Hosts[pick.Item4]));

    [Theory]
    [InlineData(null, false)]
    [InlineData(null, true)]
    [InlineData("^<F-MLFID>[a-c]?</F-MLFID><F-CONTENT>.+</F-CONTENT>$", false)]
    [InlineData("^<F-CONTENT>.+</F-CONTENT>$", true)]
    [InlineData("^<F-CONTENT>.*\\w</F-CONTENT>[ .]*$", false)] // what failregexes see gets a line end of its own
    [InlineData("^<F-CONTENT>.*\\w</F-CONTENT>[ .]*$", true)]
    public void Verdicts_are_the_same(string? prefRegex, bool tuples)
    {
        int failures = 0, others = 0;
        Gen.Select(Line.Array[1, 30], Gen.Enum<UseDns>()).Sample((lines, useDns) =>
        {
            List<string> all = Verdicts(lines, useDns, countsOnly: false), counted = Verdicts(lines, useDns, countsOnly: true);
            Interlocked.Add(ref failures, all.Count(verdict => verdict.StartsWith("Matched", StringComparison.Ordinal)));
            Interlocked.Add(ref others, all.Count(verdict => verdict.StartsWith("NoFailure", StringComparison.Ordinal)));
            return all.SequenceEqual(counted);
        }, iter: 1_500, print: sample => $"{sample.Item2}\n{string.Join('\n', sample.Item1)}");
        Assert.True(failures > 1000 && others > 1000, $"{failures} failures, {others} that are none");

        List<string> Verdicts(string[] lines, UseDns useDns, bool countsOnly)
        {
            bool namesConnection = prefRegex?.Contains("MLFID", StringComparison.Ordinal) == true;
            IEnumerable<string> regexes = Tells.Select(regex => namesConnection ? Regex.Replace(regex, "<F-MLFID>.*</F-MLFID>", "") : regex);
            if (tuples) regexes = regexes.Append("^<F-MLFID>[a-c]</F-MLFID> fail <F-TUPLE_ID>\\w</F-TUPLE_ID>");
            using Filter filter = Compile(prefRegex, regexes, TimeProvider.System, countsOnly, useDns);
            List<string> verdicts = [.. lines.Select((line, i) => Verdict(filter, i % 3 == 2 ? line + "." : line))];
            Assert.Equal(countsOnly && !tuples, filter.CountsPlainly);
            return verdicts;
        }
    }

    [Fact]
    public void Verdicts_are_the_same_where_connections_are_many_or_old()
    {
        int failures = 0;
        Gen<string> line = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 140], Gen.Int[0, 2]).Select(pick => pick.Item1 switch
        {
            < 3 => $"{pick.Item2} knock from 192.0.2.1",
            3 => $"{pick.Item2} fail",
            4 => $"{pick.Item2} fail as {"uvw"[pick.Item3]}",
            5 => $"{pick.Item2} gone",
            6 => $"{pick.Item2} accepted",
            _ => $"{pick.Item2} knock",
        });
        string[] regexes =
        [
            "^<F-MLFID>\\d+</F-MLFID> <F-NOFAIL>knock</F-NOFAIL>(?: from <HOST>)?$", "^<F-MLFID>\\d+</F-MLFID> fail(?: as <F-USER>\\w</F-USER>)?$",
            "^<F-MLFID>\\d+</F-MLFID> <F-MLFFORGET>gone</F-MLFFORGET>$", "^<F-MLFID>\\d+</F-MLFID> <F-MLFGAINED>accepted</F-MLFGAINED>$",
        ];
        Gen.Select(line, Gen.Int[0, 40]).Array[200, 1200].Sample(steps =>
        {
            List<string> all = Verdicts(countsOnly: false), counted = Verdicts(countsOnly: true);
            Interlocked.Add(ref failures, all.Count(verdict => verdict.StartsWith("Matched", StringComparison.Ordinal)));
            return all.SequenceEqual(counted);

            List<string> Verdicts(bool countsOnly)
            {
                // Some steps take longer than a connection lives.
                var clock = new TestClock();
                using Filter filter = Compile(null, regexes, clock, countsOnly);
                return [.. steps.Select(step =>
                {
                    clock.Advance(TimeSpan.FromSeconds(step.Item2 == 40 ? 400 : step.Item2 == 39 ? 150 : 0.1));
                    return Verdict(filter, step.Item1);
                })];
            }
        }, iter: 60, print: steps => string.Join('\n', steps));
        Assert.True(failures > 1000, $"{failures} failures");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_occurs_before_a_regex_is_given_up_counts(bool countsOnly)
    {
        using Filter filter = Compile(null, ["^a+! from <ADDR>$", "^(?:a+)+ from <ADDR>$", "<ADDR>$"], TimeProvider.System, countsOnly);
        filter.CheckAllRegexes = true;
        Assert.Equal("LimitExceeded: 0 Matched", Verdict(filter, new string('a', 60) + "! from 192.0.2.1"));
        Assert.Equal(1, filter.LimitsExceeded);
    }

    private static Filter Compile(string? prefRegex, IEnumerable<string> regexes, TimeProvider clock, bool countsOnly, UseDns useDns = UseDns.Warn)
    {
        var filter = new Filter("j", clock, new Log(new MessageList(), "fail2ban.filter")) { FindTime = null, CountsOnly = countsOnly, UseDns = useDns };
        if (prefRegex is not null) filter.SetPrefRegex(prefRegex);
        foreach (string regex in regexes) filter.AddFailRegex(regex);
        return filter;
    }

    private static string Verdict(Filter filter, string line)
    {
        LineResult result = filter.Process(new LogLine(Encoding.UTF8.GetBytes(line + "\n")), new LogProgress(), []);
        return $"{result.Verdict}: {string.Join(", ", result.Hits.Select(hit => $"{hit.Regex} {hit.Verdict}"))}";
    }
}
