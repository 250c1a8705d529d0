using System.Diagnostics;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.Detection;

/// <summary>The scripts in bench/whole that count each line, in a small size: nothing is lost, nothing counted twice.</summary>
public sealed class LossTests
{
    [Theory]
    [InlineData("create")]
    [InlineData("copytruncate")]
    [InlineData("compress")]
    [InlineData("dateext")]
    public void Rotation_and_restarts_cost_no_line(string mode)
    {
        if (!Exists("logrotate")) Assert.Skip("logrotate is missing");
        if (mode == "copytruncate" && !Exists("strace")) Assert.Skip("strace, which makes logrotate pause before the cut, is missing");
        Run("rotation", "20000", "5", "2", mode);
    }

    [Fact]
    public void Kills_cost_no_line() => Run("killed-reader", "10", "200", "12");

    private static bool Exists(string tool) => new[] { "/usr/bin", "/usr/sbin", "/bin", "/sbin" }.Any(folder => File.Exists(Path.Combine(folder, tool)));

    private static void Run(string script, params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo("python3", [Path.Combine(RepositoryRoot.Find(), "bench", "whole", script), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(process.ExitCode == 0, output + error.Result);
    }
}
