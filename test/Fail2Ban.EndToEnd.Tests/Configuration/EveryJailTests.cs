using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Configuration;

/// <summary>The shipped jails, all switched on at once.</summary>
public sealed partial class EveryJailTests
{
    [Fact]
    public void The_configuration_test_has_nothing_to_say_about_any_shipped_jail()
    {
        using Sandbox host = new();
        string log = host.Write("some.log", "");
        string[] jails = [.. Header().Matches(File.ReadAllText($"{host.Etc}/jail.conf")).Select(match => match.Groups[1].Value).Where(name => name is not ("INCLUDES" or "DEFAULT"))];
        Assert.True(jails.Length > 100, $"only {jails.Length} jails");
        host.Write("etc/jail.local", string.Concat(jails.Select(jail => $"[{jail}]\nenabled = true\nbackend = auto\nlogpath = {log}\n")));
        Assert.Equal("OK: configuration test is successful\n", host.Client("-t").Successful);

        // The same without the log of one is told.
        host.Write("etc/jail.local", string.Concat(jails.Select(jail => $"[{jail}]\nenabled = true\nbackend = auto\nlogpath = {(jail == "xrdp" ? $"{log}.none" : log)}\n")));
        CommandResult result = host.Client("-t");
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("xrdp", result.Output + result.Error, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^\[([^\]]+)\]", RegexOptions.Multiline)]
    private static partial Regex Header();
}
