using System.Diagnostics;
using Fail2Ban.EndToEnd.Tests.Sandboxes;
using Fail2Ban.Tests;

namespace Fail2Ban.EndToEnd.Tests.Packaging;

/// <summary>Scripts of the repository, run as an administrator runs them.</summary>
internal static class Script
{
    /// <summary>Runs a program and waits for its end, four minutes at most.</summary>
    public static CommandResult Run(string program, IReadOnlyList<string> words, IReadOnlyDictionary<string, string>? settings = null)
    {
        var start = new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = RepositoryRoot.Find() };
        foreach ((string name, string value) in settings ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(4)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end");
        }

        return new CommandResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>The path of a file of the repository.</summary>
    public static string PathOf(string name) => Path.Combine(RepositoryRoot.Find(), name);
}
