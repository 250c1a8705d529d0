using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Packaging;

/// <summary><c>scripts/install</c> and <c>scripts/uninstall</c>: what is the user's stays, whatever is run and how often.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fail2ban-install.").FullName;

    /// <summary>A tree as a tarball has it, of which a test can make another version.</summary>
    public InstallTests()
    {
        foreach (string name in (string[])["dist/bin", "dist/etc", "scripts/install", "scripts/uninstall", "packaging"])
        {
            string target = Path.Combine(_folder, "tree", name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Script.Run("cp", ["-a", Script.PathOf(name), target]).MustSucceed();
        }
    }

    [Fact]
    public void An_upgrade_replaces_what_is_unchanged_and_keeps_what_is_not()
    {
        Install();
        Change("etc/fail2ban/jail.conf", "# mine");
        File.Delete(Installed("etc/fail2ban/filter.d/zoneminder.conf"));
        File.WriteAllText(Installed("etc/fail2ban/jail.local"), "[DEFAULT]\nbantime = 1h\n");
        foreach (string name in (string[])["jail.conf", "action.d/dummy.conf", "filter.d/zoneminder.conf"])
            File.AppendAllText(Path.Combine(_folder, "tree/dist/etc/fail2ban", name), "# the next version\n");
        File.Delete(Path.Combine(_folder, "tree/dist/etc/fail2ban/filter.d/znc-adminlog.conf"));

        string said = Install().Output;
        Assert.Contains("kept /etc/fail2ban/jail.conf, which you changed; the new one is /etc/fail2ban/jail.conf.new", said, StringComparison.Ordinal);
        Assert.EndsWith("# mine\n", Read("etc/fail2ban/jail.conf"), StringComparison.Ordinal);
        Assert.EndsWith("# the next version\n", Read("etc/fail2ban/jail.conf.new"), StringComparison.Ordinal);
        Assert.EndsWith("# the next version\n", Read("etc/fail2ban/action.d/dummy.conf"), StringComparison.Ordinal);
        Assert.False(File.Exists(Installed("etc/fail2ban/filter.d/zoneminder.conf")), "what was deleted came back");
        Assert.False(File.Exists(Installed("etc/fail2ban/filter.d/znc-adminlog.conf")), "what the version lacks is still there");
        Assert.Equal("[DEFAULT]\nbantime = 1h\n", Read("etc/fail2ban/jail.local"));

        Assert.DoesNotContain("kept", Install().Output, StringComparison.Ordinal); // told once
        Assert.EndsWith("# mine\n", Read("etc/fail2ban/jail.conf"), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_were_there_before_are_kept()
    {
        Directory.CreateDirectory(Installed("etc/fail2ban"));
        File.WriteAllText(Installed("etc/fail2ban/jail.conf"), "# of another program\n");
        Assert.Contains("kept /etc/fail2ban/jail.conf", Install().Output, StringComparison.Ordinal);
        Assert.Equal("# of another program\n", Read("etc/fail2ban/jail.conf"));
        Uninstall().MustSucceed();
        Assert.Equal("# of another program\n", Read("etc/fail2ban/jail.conf"));
    }

    [Fact]
    public void Uninstalled_leaves_what_is_the_users_and_nothing_else()
    {
        Install();
        Change("etc/fail2ban/action.d/dummy.conf", "# mine");
        File.WriteAllText(Installed("etc/fail2ban/jail.local"), "[DEFAULT]\n");
        File.WriteAllText(Installed("var/lib/fail2ban/fail2ban.sqlite3"), "history");
        CommandResult result = Uninstall();
        Assert.Contains("kept /etc/fail2ban/action.d/dummy.conf", result.Successful, StringComparison.Ordinal);
        string[] left = [.. Directory.EnumerateFiles(Path.Combine(_folder, "to"), "*", SearchOption.AllDirectories).Select(file => file[(_folder.Length + 4)..]).Order(StringComparer.Ordinal)];
        Assert.Equal(["etc/fail2ban/action.d/dummy.conf", "etc/fail2ban/jail.local", "var/lib/fail2ban/fail2ban.sqlite3"], left);
        Assert.Equal(1, Uninstall().ExitCode);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private CommandResult Install()
    {
        CommandResult result = Run("install");
        result.MustSucceed();
        return result;
    }

    private CommandResult Uninstall() => Run("uninstall");

    private CommandResult Run(string name) => Script.Run(Path.Combine(_folder, "tree/scripts", name), [],
        new Dictionary<string, string> { ["DESTDIR"] = Path.Combine(_folder, "to"), ["PREFIX"] = "/usr" });

    private string Installed(string name) => Path.Combine(_folder, "to", name);

    private string Read(string name) => File.ReadAllText(Installed(name));

    private void Change(string name, string line) => File.AppendAllText(Installed(name), line + "\n");
}
