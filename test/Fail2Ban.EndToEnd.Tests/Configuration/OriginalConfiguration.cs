using System.Diagnostics;

namespace Fail2Ban.EndToEnd.Tests.Configuration;

/// <summary>Debian's fail2ban 1.0.2, where it is installed, as the reference.</summary>
internal static class OriginalConfiguration
{
    public const string Version = "1.0.2";
    private const string Client = "/usr/bin/fail2ban-client";

    private static readonly Lazy<bool> s_installed = new(() =>
        File.Exists(Client) && File.ReadLines(Client).FirstOrDefault() == "#!/usr/bin/python3" && Run("--version").Output.Contains(Version, StringComparison.Ordinal));

    /// <summary>Skips the test where the reference is absent: a comparison with nothing must not count as passed.</summary>
    public static void Require()
    {
        if (!s_installed.Value) Assert.Skip($"fail2ban {Version} is not installed as {Client}");
    }

    public static (string Output, string Errors) Run(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Client, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{Client} did not start");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, errors.Result);
    }

    /// <summary>The stream of <c>-d</c>; one line <c>failure …</c> where the whole configuration is refused.</summary>
    public static IReadOnlyList<string> Stream(string directory)
    {
        const string Failed = "Failed during configuration: ";
        (string output, string errors) = Run("-c", directory, "-d");
        int failure = errors.IndexOf(Failed, StringComparison.Ordinal);
        if (failure < 0) return [.. output.Split('\n').Where(line => line.StartsWith('['))];
        string message = errors[(failure + Failed.Length)..];
        int next = message.IndexOf("ERROR   Init of command line failed", StringComparison.Ordinal);
        message = next < 0 ? message.TrimEnd() : message[..message.LastIndexOf('\n', next)];
        return ["failure " + message.Replace("\n", "\\n", StringComparison.Ordinal)];
    }
}
