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
        "^alone from <HOST>$",
    ];

    private static readonly string[] Lines =
    [
        "{0} fail {1} from {2}", "{0} fail  from {2}", "{0} fails as {1}", "{0} knock", "{0} knock as {1}", "{0} knock from {2}", "{0} knock as {1} from {2}", "{0} nothing",
        "{0} nothing from here", "{0} in", "{0} in as {1}", "{0} well", "{0} well from {2}", "{0} accepted as {1}", "{0} gone", "{0} gone from {2}", "{0} bye", "{0} bye as {1}",
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
    public void Verdicts_are_the_same(string? prefRegex, bool tuples)
    {
        int failures = 0, others = 0;
        Line.Array[1, 30].Sample(lines =>
        {
            List<string> all = Verdicts(lines, countsOnly: false), counted = Verdicts(lines, countsOnly: true);
            Interlocked.Add(ref failures, all.Count(verdict => verdict.StartsWith("Matched", StringComparison.Ordinal)));
            Interlocked.Add(ref others, all.Count(verdict => verdict.StartsWith("NoFailure", StringComparison.Ordinal)));
            return all.SequenceEqual(counted);
        }, iter: 1_500, print: lines => string.Join('\n', lines));
        Assert.True(failures > 1000 && others > 1000, $"{failures} failures, {others} that are none");

        List<string> Verdicts(string[] lines, bool countsOnly)
        {
            using var filter = new Filter("j", TimeProvider.System, new Log(new MessageList(), "fail2ban.filter")) { FindTime = null, CountsOnly = countsOnly };
            if (prefRegex is not null) filter.SetPrefRegex(prefRegex);
            bool namesConnection = prefRegex?.Contains("MLFID", StringComparison.Ordinal) == true;
            foreach (string regex in Tells) filter.AddFailRegex(namesConnection ? Regex.Replace(regex, "<F-MLFID>.*</F-MLFID>", "") : regex);
            if (tuples) filter.AddFailRegex("^<F-MLFID>[a-c]</F-MLFID> fail <F-TUPLE_ID>\\w</F-TUPLE_ID>");
            var found = new List<Failure>();
            return [.. lines.Select(line =>
            {
                LineResult result = filter.Process(new LogLine(Encoding.UTF8.GetBytes(line + "\n")), new LogProgress(), found);
                return $"{result.Verdict}: {string.Join(", ", result.Hits.Select(hit => $"{hit.Regex} {hit.Verdict}"))}";
            })];
        }
    }
}
