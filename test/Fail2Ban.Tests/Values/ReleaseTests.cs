using System.Xml.Linq;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Values;

public sealed class ReleaseTests
{
    [Fact]
    public void The_build_s_version_is_that_of_the_project()
    {
        XDocument properties = XDocument.Load(Path.Combine(RepositoryRoot.Find(), "Directory.Build.props"));
        Assert.Equal(Release.Build, properties.Descendants("Version").Single().Value);
        Assert.Equal(Release.Build, typeof(Release).Assembly.GetName().Version!.ToString(3));
    }

    [Fact]
    public void The_newest_entry_of_the_changes_is_about_it()
    {
        string newest = File.ReadLines(Path.Combine(RepositoryRoot.Find(), "CHANGELOG.md")).First(line => line.StartsWith("## ", StringComparison.Ordinal));
        Assert.StartsWith($"## {Release.Build} ", newest, StringComparison.Ordinal);
    }
}
