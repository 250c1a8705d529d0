using Fail2Ban.Configuration;

namespace Fail2Ban.Tests.Configuration;

public sealed class ShellWordsTests
{
    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("A=\"b c\" d", "A=b c|d")]
    [InlineData("#d\\ e \"x\\\"y\" 'a\\b' \"a\\b\"", "#d e|x\"y|a\\b|a\\b")]
    [InlineData("'' a", "|a")]
    [InlineData("  ", "")]
    public void Splits_as_a_shell(string line, string expected)
    {
        Assert.True(ShellWords.TrySplit(line, out IReadOnlyList<string> words, out _));
        Assert.Equal(expected, string.Join('|', words));
    }

    [Theory]
    [InlineData("'a", "No closing quotation")]
    [InlineData("\"a", "No closing quotation")]
    [InlineData("a\\", "No escaped character")]
    public void Says_what_is_open(string line, string expected)
    {
        Assert.False(ShellWords.TrySplit(line, out _, out string error));
        Assert.Equal(expected, error);
    }
}
