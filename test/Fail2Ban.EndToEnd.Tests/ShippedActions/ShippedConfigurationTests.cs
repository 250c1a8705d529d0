using System.Text.RegularExpressions;
using Fail2Ban.Configuration;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Logging;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>The shipped jails, paths and actions, as our reader and the reference (where it is installed) understand them.</summary>
public sealed partial class ShippedConfigurationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("f2b-shipped-").FullName;

    public static TheoryData<string> Distributions() => ["common", "debian", "fedora", "arch", "opensuse", "freebsd", "osx"];

    [Fact]
    public void Every_jail_is_there_and_switched_off()
    {
        Assert.Equal(118, Jails(Path.Combine(Shipped, "jail.conf")).Count);
        Copy();
        Assert.DoesNotContain(Read().Stream, command => command.Words is ["add", ..]);
    }

    [Fact]
    public void Every_filter_has_a_jail()
    {
        string[] used = [.. Jails(Path.Combine(Shipped, "jail.conf")), .. NamedFilter().Matches(File.ReadAllText(Path.Combine(Shipped, "jail.conf"))).Select(match => match.Groups[1].Value)];
        IEnumerable<string> filters = Directory.GetFiles(Path.Combine(Shipped, "filter.d"), "*.conf").Select(file => Path.GetFileNameWithoutExtension(file)!);
        Assert.Empty(filters.Where(name => !name.EndsWith("common", StringComparison.Ordinal)).Except(used));
    }

    [Theory]
    [MemberData(nameof(Distributions))]
    public void Every_jail_streams_on_every_system(string distribution)
    {
        List<string> jails = Copy();
        string conf = Path.Combine(_directory, "jail.conf");
        File.WriteAllText(conf, File.ReadAllText(conf).Replace("before = paths-debian.conf", $"before = paths-{distribution}.conf", StringComparison.Ordinal));
        Enable(jails, distribution == "common" ? "banaction = dummy\nbanaction_allports = dummy\n" : "");
        ConfigurationResult result = Read();
        Assert.True(result.Outcome == ConfigurationOutcome.Complete, $"{result.Failure}");
        Assert.Equal(jails.Count, result.Stream.Count(command => command.Words is ["add", ..]));
        foreach (string jail in jails) Assert.Contains(result.Stream, command => command.Words is ["set", string name, "addaction", ..] && name == jail);
    }

    [Fact]
    public void Every_jail_and_every_action_streams_as_in_the_reference()
    {
        Configuration.OriginalConfiguration.Require();
        List<string> jails = Copy();
        string own = "";
        foreach (string action in Catalogue.Names) own += Jail($"a-{action}", $"{action}[port=\"ssh,http\", chain=\"%(chain)s\"]");
        foreach (string alias in new[] { "mw", "mwl", "xarf", "cf_mwl", "blocklist_de", "abuseipdb" }) own += Jail($"d-{alias}", $"%(action_{alias})s");
        Enable(jails, "cfapikey = k\ncfemail = m\nblocklist_de_apikey = b\n", own);

        IReadOnlyList<string> expected = Configuration.OriginalConfiguration.Stream(_directory);
        ConfigurationResult result = Read(Configuration.OriginalConfiguration.Version);
        Assert.Equal(ConfigurationOutcome.Complete, result.Outcome);
        Assert.Equal(expected.Where(line => !line.Contains("pass2allow-ftp", StringComparison.Ordinal)),
            result.Stream.Select(command => command.ToString()).Where(line => !line.Contains("pass2allow-ftp", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_local_file_silences_the_mails_at_start_and_stop_of_all_sendmail_actions()
    {
        Copy();
        File.WriteAllText(Path.Combine(_directory, "action.d", "sendmail-common.local"), "[Definition]\nactionstart =\nactionstop =\n");
        string[] family = [.. Catalogue.Names.Where(name => name.StartsWith("sendmail", StringComparison.Ordinal))];
        Assert.Equal(8, family.Length);
        Enable([], "", string.Concat(family.Select(action => Jail($"a-{action}", action))));
        string[] streams = [.. Read().Stream.Select(command => command.ToString()).Where(line => line.Contains("'multi-set'", StringComparison.Ordinal) && line.Contains("'action'", StringComparison.Ordinal))];
        Assert.Equal(family.Length, streams.Length);
        Assert.All(streams, stream => Assert.DoesNotMatch("started on|stopped on", stream));
        Assert.Contains(streams, static stream => stream.Contains("summary from", StringComparison.Ordinal)); // the gathered bans are still told
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static string Shipped => Path.Combine(RepositoryRoot.Find(), "config");

    private static List<string> Jails(string file) =>
        [.. Header().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value).Where(name => name is not ("INCLUDES" or "DEFAULT"))];

    // The shipped tree, and a log for the jails.
    private List<string> Copy()
    {
        foreach (string file in Directory.GetFiles(Shipped, "*", SearchOption.AllDirectories))
        {
            string place = Path.Combine(_directory, Path.GetRelativePath(Shipped, file));
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.Copy(file, place);
        }

        List<string> jails = Jails(Path.Combine(_directory, "jail.conf"));
        File.WriteAllText(Path.Combine(_directory, "some.log"), "");
        return jails;
    }

    private void Enable(List<string> jails, string defaults, string more = "") => File.WriteAllText(
        Path.Combine(_directory, "jail.local"),
        $"[DEFAULT]\n{defaults}" + string.Concat(jails.Select(jail => $"[{jail}]\nenabled = true\nlogpath = {_directory}/some.log\n")) + more);

    private string Jail(string name, string action) => $"[{name}]\nenabled = true\nfilter = sshd\nbackend = polling\nlogpath = {_directory}/some.log\naction = {action}\n";

    private ConfigurationResult Read(string? version = null)
    {
        var sink = new ListSink();
        ReaderOptions options = version is null ? new ReaderOptions { AllowNoFiles = true } : new ReaderOptions { AllowNoFiles = true, Version = version };
        ConfigurationResult result = new ConfigurationReader(_directory, options, new Log(sink, "fail2ban")).Read();
        Assert.Empty(sink.Errors);
        return result;
    }

    [GeneratedRegex(@"^\[([^\]]+)\]", RegexOptions.Multiline)]
    private static partial Regex Header();

    [GeneratedRegex(@"^filter\s*=\s*([\w-]+)", RegexOptions.Multiline)]
    private static partial Regex NamedFilter();
}
