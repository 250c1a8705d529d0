using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Configuration;

public sealed class TreeTests
{
    [Theory]
    [MemberData(nameof(TreeSample.Names), MemberType = typeof(TreeSample))]
    public void Streams_as_recorded(string name)
    {
        using var tree = new TreeSample(name);
        ConfigurationResult result = new ConfigurationReader(
            tree.Directory, new ReaderOptions { AllowNoFiles = true, Version = "1.0.2" }, new Log(new ListSink(), "fail2ban")).Read();

        List<string> actual = [$"outcome {result.Outcome}"];
        if (result.Failure is { } failure) actual.Add("failure " + failure.Replace("\n", "\\n", StringComparison.Ordinal));
        actual.AddRange(tree.Shown(result.Stream.Select(command => command.ToString())));
        Assert.Equal(string.Join('\n', tree.ExpectedLines), string.Join('\n', actual));
    }

    [Fact]
    public void There_is_a_tree_for_each_rule() => Assert.True(TreeSample.Names().Count >= 60);
}
