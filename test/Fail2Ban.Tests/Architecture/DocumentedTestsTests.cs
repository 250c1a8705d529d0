using System.Text.RegularExpressions;

namespace Fail2Ban.Tests.Architecture;

/// <summary>A document that names a test as its proof must name one that exists.</summary>
public sealed partial class DocumentedTestsTests
{
    [Fact]
    public void Tests_and_scripts_that_documents_name_exist()
    {
        string root = RepositoryRoot.Find();
        HashSet<string?> classes = [.. Directory.EnumerateFiles(Path.Combine(root, "test"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension)];
        foreach (string document in Directory.EnumerateFiles(Path.Combine(root, "docs"), "*.md", SearchOption.AllDirectories))
        {
            string text = File.ReadAllText(document);
            Assert.All(TestClass().Matches(text).Select(match => match.Groups[1].Value), name => Assert.True(classes.Contains(name), $"{document}: there is no {name}"));
            Assert.All(Script().Matches(text).Select(match => match.Groups[1].Value), name => Assert.True(File.Exists(Path.Combine(root, name)), $"{document}: there is no {name}"));
        }
    }

    [GeneratedRegex(@"`(?:\w+\.)?(\w+Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"`((?:scripts|bench/whole|packaging/test)/[\w/-]+)\b")]
    private static partial Regex Script();
}
