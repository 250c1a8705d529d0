using Fail2Ban.Detection.Sources.Journal;

namespace Fail2Ban.Tests.Detection.Sources.Journal;

public sealed class JournalParametersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-journal.").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("{}")]
    [InlineData("{'journalflags': 1}", "journalflags=1")]
    [InlineData("{'journalpath': '/j'}", "journalpath=/j")]
    [InlineData("{'journalfiles': '/a /b*'}", "journalfiles= /a \t/b* ")]
    [InlineData("{'namespace': 'x', 'rotated': True}", "namespace=x", "rotated=ON")]
    public void Known_parameters_are_taken(string shown, params string[] given) => Assert.Equal(shown, Parse(null, given).Parameters?.ToString());

    [Theory]
    [InlineData("unknown parameter 'foo'; known are journalpath,", "foo=1")]
    [InlineData("journalflags must be the sum of 1 (local only),", "journalflags=x")]
    [InlineData("not '-1'", "journalflags=-1")]
    [InlineData("only one can be given", "journalpath=/a", "journalfiles=/b")]
    [InlineData("need a value", "journalfiles=  ")]
    public void Others_are_refused_with_what_would_be_right(string error, params string[] given)
    {
        (JournalParameters? parameters, string message) = Parse(null, given);
        Assert.Null(parameters);
        Assert.Contains(error, message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_gives_flags_where_nothing_else_says_which_journal()
    {
        Assert.Equal(1, Parse("1").Parameters?.Flags);
        Assert.Null(Parse("1", "journalpath=/a").Parameters?.Flags);
        Assert.Equal(2, Parse("1", "journalflags=2").Parameters?.Flags);
        Assert.Contains(JournalParameters.DefaultFlagsVariable, Parse("foo").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*.journal", "a.journal", "b.journal")]
    [InlineData("[!a]*", "b.journal", "c.txt")]
    [InlineData("?.txt", "c.txt")]
    [InlineData("d/*", "d/e.journal")]
    [InlineData("*/e.journal", "d/e.journal")]
    [InlineData("c.txt", "c.txt")]
    [InlineData("none*")]
    public void Patterns_stand_for_the_files_that_are_there(string pattern, params string[] expected)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "d"));
        foreach (string name in new[] { "a.journal", "b.journal", "c.txt", "d/e.journal", ".hidden.journal" }) File.WriteAllText(Path.Combine(_folder, name), "");
        Assert.Equal(expected.Select(name => Path.Combine(_folder, name)), JournalFileList.OfPatterns([Path.Combine(_folder, pattern)]).Paths);
    }

    [Theory]
    [InlineData("A=1", "A=1")]
    [InlineData("A=1 _B2=x=y + C=", "A=1 _B2=x=y|C=")]
    [InlineData("+ A=1 + + B=1 +", "A=1|B=1")]
    [InlineData("a=1", null)]
    [InlineData("A", null)]
    [InlineData("=1", null)]
    [InlineData("__CURSOR=1", null)]
    [InlineData("A=1 B", null)]
    public void A_match_is_words_of_field_and_value(string words, string? expected)
    {
        bool isMatch = JournalMatch.TryParse(words.Split(' '), out IReadOnlyList<IReadOnlyList<string>>? groups);
        Assert.Equal(expected, isMatch ? string.Join('|', groups!.Select(group => string.Join(' ', group))) : null);
    }

    private static (JournalParameters? Parameters, string Error) Parse(string? defaultFlags, params string[] given)
    {
        JournalParameters.TryParse(given.ToDictionary(one => one.Split('=')[0], one => one[(one.IndexOf('=') + 1)..]), defaultFlags, out JournalParameters? parameters, out string error);
        return (parameters, error);
    }
}
