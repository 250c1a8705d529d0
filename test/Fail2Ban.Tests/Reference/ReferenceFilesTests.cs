using Fail2Ban.Client.Commands;
using Fail2Ban.Reference;
using OptionTable = Fail2Ban.Client.OptionTable;

namespace Fail2Ban.Tests.Reference;

/// <summary>Man pages and reference are what the definitions of options and commands say.</summary>
public sealed class ReferenceFilesTests
{
    [Fact]
    public void Files_are_current()
    {
        foreach ((string path, string text) in ReferenceFiles.All())
        {
            string file = Path.Combine(RepositoryRoot.Find(), path);
            Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{path} is not what the definitions say: run scripts/reference");
        }
    }

    [Fact]
    public void Every_option_and_command_has_its_place()
    {
        string client = ReferenceFiles.All().Single(file => file.Path.EndsWith("fail2ban-client.1", StringComparison.Ordinal)).Text;
        foreach (string word in CommandTable.All.SelectMany(command => command.Rules).SelectMany(rule => rule.Literals).Distinct())
            Assert.Contains(word.Replace("-", "\\-", StringComparison.Ordinal), client, StringComparison.Ordinal);
        foreach (string name in OptionTable.All.SelectMany(option => option.Names))
            Assert.Contains(name.Replace("-", "\\-", StringComparison.Ordinal), client, StringComparison.Ordinal);
    }
}
