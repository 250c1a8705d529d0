using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Packaging;

/// <summary>What <c>scripts/package</c> makes, without a Debian to boot; <c>packaging/test</c> has the tests with one.</summary>
public sealed partial class PackageTests : IClassFixture<PackageTests.Built>
{
    private readonly Built _built;

    /// <summary>Takes the packages that were made once for the class.</summary>
    public PackageTests(Built built) => _built = built;

    [Fact]
    public void Package_takes_the_place_of_fail2ban_and_names_what_it_needs()
    {
        Dictionary<string, string> control = Control().Matches(Deb("-f", _built.Package))
            .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value.Trim());
        Assert.Equal("fail2ban-net", control["Package"]);
        Assert.Equal(("fail2ban", "fail2ban", "fail2ban (= 1.1.2)"), (control["Conflicts"], control["Replaces"], control["Provides"]));
        Assert.Contains("libc6 (>= 2.34)", control["Depends"], StringComparison.Ordinal);
        Assert.Contains("libpcre2-8-0", control["Depends"], StringComparison.Ordinal);
        Assert.Contains("nftables", control["Recommends"], StringComparison.Ordinal);
    }

    [Fact]
    public void Program_asks_the_C_library_for_nothing_newer_than_the_package_names()
    {
        string folder = _built.Unpacked;
        foreach (string file in (string[])["fail2ban", "libe_sqlite3.so"])
        {
            string symbols = Script.Run("objdump", ["-T", $"{folder}/usr/lib/fail2ban/{file}"]).Successful;
            Version newest = GlibcVersion().Matches(symbols).Select(match => Version.Parse(match.Groups[1].Value)).Max()!;
            Assert.True(newest <= new Version(2, 34), $"{file} needs glibc {newest}");
        }
    }

    [Fact]
    public void Every_setting_is_a_conffile_and_nothing_else_is()
    {
        string[] listed = [.. Script.Run("dpkg-deb", ["-I", _built.Package, "conffiles"]).Successful.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        string[] there = [.. Directory.EnumerateFiles($"{_built.Unpacked}/etc", "*", SearchOption.AllDirectories).Select(file => file[_built.Unpacked.Length..])];
        Assert.Equal(there.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.Contains("/etc/fail2ban/jail.conf", listed);
        Assert.Contains("/etc/logrotate.d/fail2ban", listed);
    }

    [Fact]
    public void Names_lead_to_one_program_that_runs_from_where_it_lies()
    {
        foreach (string name in (string[])["fail2ban-client", "fail2ban-server", "fail2ban-regex"])
            Assert.Equal("../lib/fail2ban/fail2ban", new FileInfo($"{_built.Unpacked}/usr/bin/{name}").LinkTarget);
        Assert.Equal("python3", new FileInfo($"{_built.Unpacked}/usr/bin/fail2ban-python").LinkTarget); // for scripts of users
        Assert.Equal("1.1.2\n", Script.Run($"{_built.Unpacked}/usr/bin/fail2ban-client", ["-V"]).Successful);
        Assert.Contains("OK: configuration test is successful", Script.Run($"{_built.Unpacked}/usr/bin/fail2ban-server", ["-c", $"{_built.Unpacked}/etc/fail2ban", "-t"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_Debians_fail2ban_nothing_of_the_user_is_lost_also_when_that_is_purged()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can make an overlay");
        Assert.SkipUnless(File.Exists("/var/lib/dpkg/info/fail2ban.postrm"), "Debian's fail2ban is not installed here");
        CommandResult result = Script.Run(Script.PathOf("packaging/test/over-this-machine"), [_built.Package]);
        Assert.SkipWhen(result.Output.StartsWith("SKIP", StringComparison.Ordinal), result.Output);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public void Tarball_installs_itself()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_built.Folder, "tar")).FullName;
        Script.Run("tar", ["-xzf", _built.Tarball, "-C", folder]).MustSucceed();
        string tree = Assert.Single(Directory.GetDirectories(folder));
        Script.Run($"{tree}/scripts/install", [], new Dictionary<string, string> { ["DESTDIR"] = $"{folder}/to", ["PREFIX"] = "/usr/local" }).MustSucceed();
        Assert.Equal("1.1.2\n", Script.Run($"{folder}/to/usr/local/bin/fail2ban-client", ["-V"]).Successful);
        Assert.Contains("ExecStart=/usr/local/bin/fail2ban-server", File.ReadAllText($"{folder}/to/usr/local/lib/systemd/system/fail2ban.service"), StringComparison.Ordinal);
    }

    private static string Deb(params string[] words) => Script.Run("dpkg-deb", words).Successful;

    [GeneratedRegex(@"^([A-Z][\w-]*): (.*)$", RegexOptions.Multiline)]
    private static partial Regex Control();

    [GeneratedRegex(@"GLIBC_(\d+\.\d+)")]
    private static partial Regex GlibcVersion();

    /// <summary>The packages, made once.</summary>
    public sealed class Built : IDisposable
    {
        /// <summary>Makes them in a directory that goes with the class.</summary>
        public Built()
        {
            Folder = Directory.CreateTempSubdirectory("fail2ban-package.").FullName;
            Script.Run(Script.PathOf("scripts/package"), [Folder], new Dictionary<string, string> { ["PACKAGE_LEVEL"] = "0" }).MustSucceed();
            Package = Assert.Single(Directory.GetFiles(Folder, "*.deb"));
            Tarball = Assert.Single(Directory.GetFiles(Folder, "*.tar.gz"));
            Unpacked = Path.Combine(Folder, "unpacked");
            Script.Run("dpkg-deb", ["-x", Package, Unpacked]).MustSucceed();
        }

        internal string Folder { get; }

        internal string Package { get; }

        internal string Tarball { get; }

        internal string Unpacked { get; }

        /// <inheritdoc/>
        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
