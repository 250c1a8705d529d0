using Fail2Ban.Tests.Configuration;

namespace Fail2Ban.EndToEnd.Tests.Configuration;

public sealed class TreeDifferenceTests
{
    /// <summary>The recorded trees say what the reference does, so that they cannot drift from it.</summary>
    [Theory]
    [MemberData(nameof(TreeSample.Names), MemberType = typeof(TreeSample))]
    public void Reference_streams_as_recorded(string name)
    {
        OriginalConfiguration.Require();
        using var tree = new TreeSample(name);
        string actual = string.Join('\n', tree.Shown(OriginalConfiguration.Stream(tree.Directory)));
        string expected = string.Join('\n', tree.ReferenceLines);

        // Ours adds the place to the sentence of an error.
        if (expected.StartsWith("failure ", StringComparison.Ordinal)) Assert.StartsWith(actual, expected, StringComparison.Ordinal);
        else Assert.Equal(expected, actual);
    }
}
