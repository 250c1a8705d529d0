using System.Diagnostics;

namespace Fail2Ban.EndToEnd.Tests;

/// <summary>Runs the original's modules under the system's Python, where both are present.</summary>
internal static class OriginalModules
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Skips the test, and says so, where there is no Python or (if asked for) no fail2ban.</summary>
    public static async Task RequireAsync(bool fail2ban = true)
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is absent");
        if (fail2ban) Assert.SkipUnless((await StartAsync("import fail2ban.server.database", "")).Exit == 0, "fail2ban's Python modules are absent");
    }

    /// <summary>What a script prints; its standard input is the given text.</summary>
    public static async Task<string> RunAsync(string script, string input = "", params string[] arguments)
    {
        (int exit, string output, string error) = await StartAsync(script, input, arguments);
        Assert.True(exit == 0, error);
        return output;
    }

    private static async Task<(int Exit, string Output, string Error)> StartAsync(string script, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", script, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
