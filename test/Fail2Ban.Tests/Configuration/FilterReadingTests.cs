using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

public sealed class FilterReadingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-filter-").FullName;

    public FilterReadingTests()
    {
        Write("jail.conf", "[sshd]\nbackend=systemd\nignoreregex = J\nlogtimezone = UTC\nfilter = sshd[mode=aggressive]\n");
        Write("filter.d/sshd.conf", "[Definition]\nmode = normal\nfailregex = <mode> <logtype> <HOST>\n  two <HOST>\nmaxlines = 3\njournalmatch = A=1 + B=2\n");
        Write("filter.d/sshd.local", "[Definition]\ndatepattern = D\n");
        Write("filter.d/inc.conf", "[Definition]\nx = included\n");
        Write("elsewhere/my.conf", "[INCLUDES]\nbefore = ../filter.d/inc.conf\n[Definition]\nfailregex = %(x)s <HOST>\n");
    }

    [Theory]
    [InlineData("sshd", FilterSource.Jail, "aggressive file <HOST>|two <HOST>")]
    [InlineData("sshd[mode=ddos]", FilterSource.Jail, "ddos file <HOST>|two <HOST>")]
    [InlineData("sshd.conf", FilterSource.File, "normal file <HOST>|two <HOST>")]
    [InlineData("sshd.local", FilterSource.File, "normal file <HOST>|two <HOST>")]
    [InlineData("filter.d/sshd", FilterSource.File, "normal file <HOST>|two <HOST>")]
    [InlineData("filter.d/sshd.conf[mode=\"x y\",\n logtype=short]", FilterSource.File, "x y short <HOST>|two <HOST>")]
    [InlineData("{DIR}/filter.d/sshd.conf", FilterSource.File, "normal file <HOST>|two <HOST>")]
    [InlineData("{DIR}/elsewhere/my.conf", FilterSource.File, "included <HOST>")]
    [InlineData("{DIR}/elsewhere/my", FilterSource.File, "included <HOST>")]
    [InlineData("nofilter", FilterSource.NotFound, "")]
    [InlineData("fail from <HOST>", FilterSource.NotFound, "")]
    [InlineData("sshd[mode", FilterSource.NotFound, "")]
    public void Finds_jails_filters_and_foreign_files(string text, FilterSource source, string expressions)
    {
        FilterReading reading = Read(text);
        Assert.Equal(source, reading.Source);
        Assert.Equal(expressions, string.Join('|', reading.Filter?.FailRegexes ?? []));
    }

    [Fact]
    public void Jail_adds_its_own_options()
    {
        FilterDefinition filter = Read("sshd").Filter!;
        Assert.Equal(["J"], filter.IgnoreRegexes);
        Assert.Equal("UTC", filter.LogTimeZone);
        Assert.Equal("D", filter.DatePattern);
        Assert.Equal(3, filter.MaxLines);
        Assert.Equal([["A=1", "+", "B=2"]], filter.JournalMatches);
        Assert.Null(Read("sshd.conf").Filter!.LogTimeZone);
    }

    [Fact]
    public void Wrong_parameters_are_an_error()
    {
        FilterReading reading = Read("sshd[foo]");
        Assert.Equal((FilterSource.Error, "expected option, wrong syntax at 0: foo"), (reading.Source, reading.Error));
    }

    [Fact]
    public void Journal_changes_the_log_type() =>
        Assert.Equal("normal journal <HOST>", new ConfigurationReader(_directory, new ReaderOptions(), new Log(new ListSink(), "x")).ReadFilter("sshd.conf", "journal").Filter!.FailRegexes[0]);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private FilterReading Read(string text) =>
        new ConfigurationReader(_directory, new ReaderOptions(), new Log(new ListSink(), "x")).ReadFilter(text.Replace("{DIR}", _directory, StringComparison.Ordinal));

    private void Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
