using System.Globalization;
using System.Text.RegularExpressions;
using Fail2Ban.EndToEnd.Tests.Sandboxes;

namespace Fail2Ban.EndToEnd.Tests.Packaging;

/// <summary>
/// What systemd thinks of the unit; <c>packaging/test/sandbox</c> runs actions under it.
/// </summary>
public sealed partial class UnitTests : IDisposable
{
    private readonly string _folder;

    /// <summary>A directory of units with ours in it, its programs being those that were built.</summary>
    public UnitTests()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/systemd-analyze"), "systemd-analyze is not installed");
        _folder = Directory.CreateTempSubdirectory("fail2ban-unit.").FullName;
        string unit = File.ReadAllText(Script.PathOf("packaging/systemd/fail2ban.service"));
        File.WriteAllText(Unit, unit.Replace("/usr/bin/", Script.PathOf("dist/bin/"), StringComparison.Ordinal));
    }

    private string Unit => Path.Combine(_folder, "fail2ban.service");

    [Fact]
    public void The_unit_has_no_mistake()
    {
        CommandResult result = Analyze("verify", "--man=no", "--recursive-errors=no", Unit);
        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData(null, 3.5)]
    [InlineData("nftables-only.conf", 3.0)]
    public void Exposure_stays_below_its_bound(string? dropIn, double bound)
    {
        if (dropIn is not null) Add(dropIn);
        CommandResult result = Analyze("security", "--offline=true", "--no-pager", Unit);
        Match level = Level().Match(result.Output);
        Assert.True(level.Success, result.Output + result.Error);
        Assert.InRange(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), 0, bound);
    }

    [Fact]
    public void Every_line_of_the_drop_ins_is_one_that_systemd_knows()
    {
        foreach (string file in Directory.GetFiles(Script.PathOf("packaging/systemd/drop-ins")))
        {
            string text = string.Concat(File.ReadLines(file).Select(line => (line.StartsWith('#') && Option().IsMatch(line) ? line[1..] : line) + "\n"));
            Directory.CreateDirectory(Unit + ".d");
            File.WriteAllText(Path.Combine(Unit + ".d", Path.GetFileName(file)), text);
            CommandResult result = Analyze("verify", "--man=no", "--recursive-errors=no", Unit);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Add(string dropIn)
    {
        Directory.CreateDirectory(Unit + ".d");
        File.Copy(Script.PathOf($"packaging/systemd/drop-ins/{dropIn}"), Path.Combine(Unit + ".d", dropIn));
    }

    private CommandResult Analyze(params string[] words) =>
        Script.Run("systemd-analyze", words, new Dictionary<string, string> { ["SYSTEMD_UNIT_PATH"] = _folder + ":" });

    [GeneratedRegex(@"Overall exposure level for [\w.]+: (\d+\.\d+)")]
    private static partial Regex Level();

    [GeneratedRegex(@"^#[A-Z]\w+=")]
    private static partial Regex Option();
}
