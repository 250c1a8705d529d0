using System.Text;
using Fail2Ban.RegexTool;

namespace Fail2Ban.Tests.RegexTool;

/// <summary>Each fault is found in a filter that has it, and not in its neighbour that has it not.</summary>
public sealed class LintTests : IDisposable
{
    private readonly string _configuration = Directory.CreateTempSubdirectory("f2b-lint-").FullName;

    public LintTests() => Directory.CreateDirectory(Path.Combine(_configuration, "filter.d"));

    public void Dispose() => Directory.Delete(_configuration, recursive: true);

    [Theory]
    [InlineData("# shop: login of bob from 192.0.2.1 failed", "failregex = login of \\S+ from <ADDR> failed")]
    [InlineData("# shop: login of bob from 192.0.2.1 failed", "prefregex = ^shop: <F-CONTENT>.*</F-CONTENT>$\nfailregex = of \\S+ from <ADDR>")]
    public void A_pattern_that_floats_in_the_line_is_open(string sample, string filter) => AssertFaults(["open"], sample, filter, of: "open");

    [Theory]
    [InlineData("# shop: login of bob from 192.0.2.1 failed", "failregex = ^shop: login of \\S+ from <ADDR> failed")]
    [InlineData("# shop: login of bob from 192.0.2.1", "failregex = login of \\S+ from <ADDR>$")]
    public void A_pattern_with_one_fixed_end_is_not_open(string sample, string filter) => AssertFaults([], sample, filter, of: "open");

    [Theory]
    [InlineData("# shop: login of bob from 192.0.2.1 failed", "failregex = ^shop: login of .* from <ADDR> failed", "shop: login of bob from 203.0.113.66 failed")] // no end
    [InlineData("# shop: login of bob from 192.0.2.1", "failregex = ^shop: login of <F-USER>\\S+</F-USER> from <ADDR>", "from 203.0.113.66 from 192.0.2.1")] // a name may hold spaces
    [InlineData("# shop: login of bob from 192.0.2.1", "failregex = ^shop: login of \\S+ from <ADDR>", "from 203.0.113.66 from 192.0.2.1")] // nothing says what is a name
    [InlineData("# shop: login of bob from 192.0.2.1: agent x", "failregex = ^shop: login of .* from <ADDR>: agent .*$", "from 203.0.113.66: agent x")] // behind the address, for a greedy name
    [InlineData("# login of \"bob\" from 192.0.2.1", "failregex = ^login of \"<F-USER>[^\"]*</F-USER>\" from <ADDR>", "\" from 203.0.113.66\" from 192.0.2.1")] // nothing says that quotes are escaped
    [InlineData("# user bob from 192.0.2.1 failed\n# agent x of 192.0.2.1", "failregex = ^user \\S+ from <ADDR> failed$\n            ^agent .* of <ADDR>$", "")] // none: what is left does not fit
    public void A_text_that_has_another_host_found_is_shown(string sample, string filter, string line)
    {
        string report = AssertFaults(line.Length > 0 ? ["forgeable"] : [], sample, filter, of: "forgeable");
        Assert.Contains(line, report);
    }

    [Theory]
    [InlineData("# shop: login of bob from 192.0.2.1 failed", "failregex = ^shop: login of .* from <ADDR> failed$")]
    [InlineData("# shop: login of bob from 192.0.2.1: agent x", "failregex = ^shop: login of .* from <ADDR>: agent (?:(?! from ).)*$")]
    [InlineData("# login of \"bob\" from 192.0.2.1, done", "failregex = ^login of \"<F-USER>(?:[^\"\\\\]|\\\\.)*</F-USER>\" from <ADDR>, done")]
    [InlineData("# host shop[1]: login of bob refused for 192.0.2.1 - 7 times", "failregex = ^\\S+ shop\\[\\d+\\]: login of .* refused for <ADDR> - \\d+ times$")]
    [InlineData("# 192.0.2.1 tried bob", "failregex = ^<ADDR> tried .*$")]
    public void A_pattern_that_keeps_to_the_programs_own_address_is_not_forgeable(string sample, string filter) => AssertFaults([], sample, filter);

    [Theory]
    [InlineData("# 192.0.2.1 aaaa!", "failregex = ^<ADDR> (?:a+)+!$")] // exponential
    [InlineData("# 192.0.2.1 - a b c", "failregex = ^<ADDR> .* a.* b.* c$")] // cubic
    [InlineData("# 192.0.2.1 x", "failregex = ^<ADDR> x$\nignoreregex = (?:a|a)*b")] // as it is tried from each place
    [InlineData("# shop: 192.0.2.1 x", "prefregex = ^.*:.* <F-CONTENT>.* x</F-CONTENT>$\nfailregex = ^<ADDR> x$")]
    public void A_pattern_that_searches_long_is_slow(string sample, string filter) => AssertFaults(["slow"], sample, filter, of: "slow");

    [Theory]
    [InlineData("# 192.0.2.1 aaaa!", "failregex = ^<ADDR> a+!$")]
    [InlineData("# 192.0.2.1 - a b c", "failregex = ^<ADDR> (?:(?! a).)* a(?:(?! b).)* b.* c$")]
    public void One_repetition_is_not_slow(string sample, string filter) => AssertFaults([], sample, filter);

    [Fact]
    public void A_pattern_without_a_line_above_it_is_told_with_its_place()
    {
        string report = AssertFaults(["unsampled"], "# refused 192.0.2.1", "failregex = ^refused <ADDR>$\n            ^rejected <ADDR>$");
        Assert.StartsWith($"{_configuration}/filter.d/shop.conf:4: failregex 2 of shop: unsampled\n    No comment", report);
        Assert.EndsWith("\n1 filter, 1 finding\n", report);
    }

    [Theory]
    [InlineData("# 2026-01-31 12:00:00 shop: refused 192.0.2.1", "failregex = ^ shop: refused <ADDR>$")]
    [InlineData("#   shop: refused 192.0.2.1   (since 2.0)", "failregex = ^shop: refused <ADDR>$")]
    [InlineData("# refused 192.0.2.1", "prefregex = ^ host shop\\[\\d+\\]: <F-CONTENT>.*</F-CONTENT>$\nfailregex = ^refused <ADDR>$")] // without its head
    [InlineData("# shop: wrong password\n# shop: it was 192.0.2.1", "maxlines = 2\nfailregex = ^shop: wrong password\\nshop: it was <ADDR>$")]
    public void A_sample_may_stand_there_with_its_date_a_remark_or_without_its_head(string sample, string filter) => AssertFaults([], sample, filter);

    [Fact]
    public void A_pattern_whose_samples_an_earlier_one_takes_is_shadowed()
    {
        string report = AssertFaults(["shadowed"], "# refused 192.0.2.1 (blocked)\n# refused 192.0.2.1", "failregex = ^refused <ADDR>\\b.*$\n            ^refused <ADDR> \\(\\w+\\)$");
        Assert.Contains("All its samples match failregex 1 before it.", report);
        AssertFaults([], "# refused 192.0.2.1 (blocked)\n# refused 192.0.2.1", "failregex = ^refused <ADDR> \\(\\w+\\)$\n            ^refused <ADDR>\\b.*$");
    }

    [Fact]
    public void A_pattern_whose_lines_the_prefregex_keeps_back_is_excluded()
    {
        AssertFaults(["excluded"], "# refused 192.0.2.1\n# User bob of 192.0.2.1", "prefregex = ^<F-CONTENT>(?:refused|rejected) .*</F-CONTENT>$\nfailregex = ^refused <ADDR>$\n            ^User \\S+ of <ADDR>$");
        AssertFaults([], "# refused 192.0.2.1\n# User bob of 192.0.2.1", "prefregex = ^<F-CONTENT>(?:refused|User) .*</F-CONTENT>$\nfailregex = ^refused <ADDR>$\n            ^User \\S+ of <ADDR>$");
    }

    [Fact]
    public void Patterns_that_only_another_parameter_puts_in_are_looked_at_too()
    {
        string report = AssertFaults(["open"], "# refused 192.0.2.1", "mode = normal\n_mode-normal = ^refused <ADDR>$\n_mode-more = refused <ADDR>\nfailregex = <_mode-<mode>>", of: "open");
        Assert.Contains("failregex 1 of shop[mode=more]: open", report);
    }

    [Fact]
    public void All_takes_every_filter_but_those_that_others_include()
    {
        Write("part", "[Definition]\nfailregex = ^refused %(_what)s <ADDR>$\n");
        Write("shop", "# refused it 192.0.2.1\n[INCLUDES]\nbefore = part.conf\n[Definition]\n_what = it\n");
        Write("bank", "# refused 192.0.2.1\n[Definition]\nfailregex = refused <ADDR>\n");
        (int status, string report) = Lint("all");
        Assert.Equal(1, status);
        Assert.Contains("bank.conf:3: failregex 1 of bank: open\n", report);
        Assert.EndsWith("\n2 filters, 2 findings\n", report); // open, hence forgeable
    }

    [Theory]
    [InlineData("none")]
    [InlineData("shop[mode")]
    public void A_filter_that_is_not_there_is_wrong_input(string name)
    {
        (int status, string report) = Lint(name);
        Assert.Equal(255, status);
        Assert.StartsWith("ERROR: ", report);
    }

    [Fact]
    public void What_is_shipped_has_no_fault()
    {
        (int status, string report) = Lint("all", Path.Combine(RepositoryRoot.Find(), "config"));
        Assert.Equal((0, "116 filters, 0 findings\n"), (status, report));
    }

    // Which faults of a kind (of all kinds, where none is named) are told of a filter.
    private string AssertFaults(string[] expected, string comments, string definition, string? of = null)
    {
        Write("shop", $"{comments}\n[Definition]\n{definition}\n");
        (int status, string report) = Lint("shop");
        string[] told = [.. report.Split('\n').Where(line => line.Length > 0 && line[0] != ' ' && line.Contains(" of shop", StringComparison.Ordinal)).Select(line => line[(line.LastIndexOf(' ') + 1)..]).Where(kind => of is null || kind == of)];
        Assert.True(expected.SequenceEqual(told), report);
        if (of is null) Assert.Equal(expected.Length > 0 ? 1 : 0, status);
        return report;
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_configuration, "filter.d", name + ".conf"), text);

    private (int Status, string Report) Lint(string filter, string? configuration = null)
    {
        using var output = new MemoryStream();
        int status = Fail2Ban.RegexTool.RegexTool.Run(["-c", configuration ?? _configuration, "--lint", filter], new RegexToolHost(Stream.Null, output, Stream.Null, TimeProvider.System, _ => []));
        return (status, Encoding.UTF8.GetString(output.ToArray()));
    }
}
