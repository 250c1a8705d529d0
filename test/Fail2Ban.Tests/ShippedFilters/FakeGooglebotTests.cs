using System.Diagnostics;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>The shipped ignorecommand of apache-fakegooglebot, with a DNS of our own.</summary>
public sealed class FakeGooglebotTests : IDisposable
{
    private readonly string _programs = Directory.CreateTempSubdirectory("f2b-dns-").FullName;

    public FakeGooglebotTests()
    {
        string getent = Path.Combine(_programs, "getent");
        File.WriteAllText(getent, """
            #!/bin/sh
            case "$1 $2" in
                'hosts 192.0.2.1') echo '192.0.2.1       crawl-192-0-2-1.googlebot.com' ;;
                'hosts 2001:db8::7') echo '2001:db8::7     other.example geo.google.com' ;;
                'hosts 192.0.2.2') echo '192.0.2.2       crawl-192-0-2-1.googlebot.com' ;;
                'hosts 192.0.2.3') echo '192.0.2.3       googlebot.com.example' ;;
                'hosts 192.0.2.4') echo '192.0.2.4       fakegooglebot.com' ;;
                'hosts 192.0.2.6') echo '192.0.2.6       Crawl-192-0-2-6.GoogleBot.com.' ;;
                'ahosts crawl-192-0-2-6.googlebot.com') echo '192.0.2.6 STREAM x' ;;
                'hosts 192.0.2.5') exec sleep 60 ;;
                'ahosts crawl-192-0-2-1.googlebot.com') printf '192.0.2.1 STREAM crawl\n192.0.2.1 DGRAM\n' ;;
                'ahosts geo.google.com') printf '192.0.2.9 STREAM geo\n2001:db8::7 STREAM\n' ;;
                'ahosts googlebot.com.example') echo '192.0.2.3 STREAM x' ;;
                'ahosts fakegooglebot.com') echo '192.0.2.4 STREAM x' ;;
                *) exit 2 ;;
            esac
            """);
        File.SetUnixFileMode(getent, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    [Theory]
    [InlineData(0, "192.0.2.1")]
    [InlineData(0, "192.0.2.1", "5")]
    [InlineData(0, "2001:db8::7")] // by its second name, and its second address
    [InlineData(0, "192.0.2.6")] // as DNS may write names
    [InlineData(1, "192.0.2.2")] // the name belongs to another address
    [InlineData(1, "192.0.2.3")]
    [InlineData(1, "192.0.2.4")] // no dot before the name
    [InlineData(1, "192.0.2.5", "1")] // DNS does not answer in time
    [InlineData(1, "192.0.2.99")]
    [InlineData(2)]
    [InlineData(2, "www.example.org")]
    [InlineData(2, "cafe")]
    [InlineData(2, "192.0.2.1", "soon")]
    [InlineData(2, "192.0.2.1", "5", "x")]
    public void Only_an_address_that_Google_names_and_that_its_name_leads_back_to_is_ignored(int status, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(RepositoryRoot.Find(), "config/filter.d/ignorecommands/apache-fakegooglebot"), arguments) { RedirectStandardError = true };
        start.Environment["PATH"] = $"{_programs}:{Environment.GetEnvironmentVariable("PATH")}";
        using Process script = Process.Start(start)!;
        string error = script.StandardError.ReadToEnd();
        script.WaitForExit();
        Assert.Equal(status, script.ExitCode);
        Assert.Equal(status == 2, error.StartsWith("usage: apache-fakegooglebot ADDRESS [SECONDS]", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_programs, recursive: true);
}
