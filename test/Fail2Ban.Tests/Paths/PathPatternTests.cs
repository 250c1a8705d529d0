using Fail2Ban.Configuration;
using Fail2Ban.Paths;

namespace Fail2Ban.Tests.Paths;

public sealed class PathPatternTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-glob-").FullName;

    public PathPatternTests()
    {
        foreach (string name in new[] { "a.log", "b.log", "B.log", ".hidden.log", "x[1].log", "sub/a.log", "sub/deep/a.log", "sub2/a.log" })
        {
            string path = Path.Combine(_directory, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        File.CreateSymbolicLink(Path.Combine(_directory, "dangling.log"), Path.Combine(_directory, "nothing"));
    }

    [Theory]
    [InlineData("a.log", "a.log")]
    [InlineData("nix.log", "")]
    [InlineData("?.log", "B.log a.log b.log")]
    [InlineData("[ab].log", "a.log b.log")]
    [InlineData("[!a].log", "B.log b.log")]
    [InlineData("[a-z].log", "a.log b.log")]
    [InlineData("[z-a].log", "")]
    [InlineData("*hidden.log", "")]
    [InlineData(".h*", ".hidden.log")]
    [InlineData("x[[]1].log", "x[1].log")]
    [InlineData("sub*/a.log", "sub/a.log sub2/a.log")]
    [InlineData("*/*/a.log", "sub/deep/a.log")]
    [InlineData("d*.log", "dangling.log")]
    [InlineData("dangling.log", "dangling.log")]
    [InlineData("**/a.log", "sub/a.log sub2/a.log")]
    [InlineData("[.log", "")]
    public void Finds_what_a_shell_would(string pattern, string expected)
    {
        IEnumerable<string> found = PathPattern.Find(_directory + "/" + pattern).Select(path => Path.GetRelativePath(_directory, path));
        Assert.Equal(expected, string.Join(' ', found.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void Knows_a_dangling_link()
    {
        Assert.True(!FilePresence.Exists(Path.Combine(_directory, "dangling.log")));
        Assert.False(!FilePresence.Exists(Path.Combine(_directory, "a.log")));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
