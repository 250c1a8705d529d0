using Fail2Ban.Client;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Client;

public sealed class FailureAdviceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("f2b-advice-").FullName;

    public FailureAdviceTests()
    {
        File.WriteAllText(Path.Combine(_folder, "fail2ban.conf"), "[DEFAULT]\n");
        File.WriteAllText(Path.Combine(_folder, "jail.conf"), "[DEFAULT]\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // What the server takes for the name of a jail may be a misspelled word of the command.
    [Theory]
    [InlineData("get loglevl", "IndexError", "Did you mean 'get loglevel'?")]
    [InlineData("set loglevl DEBUG", "UnknownJailException", "Did you mean 'set loglevel DEBUG'?")]
    [InlineData("set shsd banip 192.0.2.1", "UnknownJailException", "Did you mean 'set sshd banip 192.0.2.1'?")]
    [InlineData("status shsd", "UnknownJailException", "Did you mean 'status sshd'?")]
    [InlineData("set other banip 192.0.2.1", "UnknownJailException", " has no jail of that name; there is: sshd.")]
    public void A_misspelled_word_is_told_with_the_command_that_was_meant(string command, string type, string expected)
    {
        string[] words = command.Split(' ');
        var log = new Log(new MessageList(), "fail2ban");
        ServerOptions server = new ConfigurationReader(_folder, new ReaderOptions(), log).ReadServer();
        string? advice = new FailureAdvice(server, _folder, null).About(words, new PythonError(type, words[1]), () => ["sshd"]);
        Assert.EndsWith(expected, advice, StringComparison.Ordinal);
    }
}
