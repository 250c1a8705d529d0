using System.Text.RegularExpressions;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.EndToEnd.Tests.Configuration;

public sealed partial class StockConfigurationTests : IDisposable
{
    private const string Stock = "/etc/fail2ban";

    // Since 1.1 a parameter replaces the conditional variants of its default; one stock jail gives one.
    private const string BlockType = "['blocktype?family=inet6', 'REJECT --reject-with icmp6-port-unreachable']";

    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-stock-").FullName;

    public static TheoryData<string, string> Variants()
    {
        string[] actions =
        [
            "%(action_)s", "%(action_mw)s", "%(action_mwl)s",
            "iptables-multiport[name=x-tcp, port=\"1,2\", protocol=tcp]\n  dummy[a=\"b c\", blocktype=DROP]",
            "nftables[type=allports]\n  smtp.py[dest=\"a@b\", sendername=\"é\"]",
        ];
        TheoryData<string, string> variants = [];
        foreach (string backend in new[] { "polling", "systemd" })
            foreach (string action in actions) variants.Add(backend, action);
        return variants;
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Every_stock_jail_streams_as_in_the_reference(string backend, string action)
    {
        OriginalConfiguration.Require();
        List<string> jails = CopyTree(backend, action);
        Assert.Equal(91, jails.Count);

        IReadOnlyList<string> expected = OriginalConfiguration.Stream(_directory);
        ConfigurationResult result = new ConfigurationReader(
            _directory, new ReaderOptions { AllowNoFiles = true, Version = OriginalConfiguration.Version }, new Log(new SilentSink(), "fail2ban")).Read();

        Assert.Equal(ConfigurationOutcome.Complete, result.Outcome);
        Assert.Equal(expected.Count, result.Stream.Count);
        for (int index = 0; index < expected.Count; index++)
        {
            string reference = expected[index];
            string ours = result.Stream[index].ToString();
            if (reference.StartsWith("['multi-set', 'pass2allow-ftp', 'action', 'iptables-multiport'", StringComparison.Ordinal))
                reference = reference.Replace(BlockType, "['blocktype?family=inet6', 'RETURN']", StringComparison.Ordinal);
            Assert.Equal(reference, ours);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private List<string> CopyTree(string backend, string action)
    {
        foreach (string folder in Directory.GetDirectories(Stock, "*", SearchOption.AllDirectories)) Directory.CreateDirectory(Place(folder));
        foreach (string file in Directory.GetFiles(Stock, "*", SearchOption.AllDirectories)) File.Copy(file, Place(file));
        List<string> jails = [.. Header().Matches(File.ReadAllText($"{Stock}/jail.conf")).Select(match => match.Groups[1].Value).Where(name => name is not ("INCLUDES" or "DEFAULT"))];
        string log = Path.Combine(_directory, "some.log");
        File.WriteAllText(log, "");
        File.WriteAllText(
            Path.Combine(_directory, "jail.local"),
            $"[DEFAULT]\naction = {action}\n" + string.Concat(jails.Select(jail => $"[{jail}]\nenabled = true\nbackend = {backend}\nlogpath = {_directory}/so*.log\n")));
        return jails;
    }

    private string Place(string path) => Path.Combine(_directory, Path.GetRelativePath(Stock, path));

    [GeneratedRegex(@"^\[([^\]]+)\]", RegexOptions.Multiline)]
    private static partial Regex Header();
}
