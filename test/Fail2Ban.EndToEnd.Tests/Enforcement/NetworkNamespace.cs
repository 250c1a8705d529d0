using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Fail2Ban.EndToEnd.Tests.Enforcement;

/// <summary>Runs a test again in a network namespace of its own, so that this machine's firewall is never touched.</summary>
internal static class NetworkNamespace
{
    private const string Marker = "FAIL2BAN_TEST_NAMESPACE";

    /// <summary>
    /// Whether the test runs in the namespace and may go on. Outside, the test is run there by a child; it has passed
    /// when this returns false.
    /// </summary>
    /// <param name="owner">The test's class.</param>
    /// <param name="wrapper">Put in front of the child's command, inside the namespace.</param>
    /// <param name="test">The test's method.</param>
    /// <param name="asUser">In a user namespace, as in a container: the kernel then grants nothing beyond it.</param>
    public static bool IsInside(object owner, string[]? wrapper = null, [CallerMemberName] string test = "", bool asUser = false)
    {
        if (Environment.GetEnvironmentVariable(Marker) == test) return true;

        string[] unshare = Environment.IsPrivilegedProcess && !asUser ? ["unshare", "-n"] : ["unshare", "-Urn"];
        (int code, string output) = Probe([.. unshare, .. wrapper ?? [], "true"]);
        if (code == 0) (code, output) = Probe([.. unshare, "nft", "list", "ruleset"]);
        if (code != 0) Assert.Skip($"no network namespace with nf_tables here: {output}");
        string program = Path.Combine(AppContext.BaseDirectory, "Fail2Ban.EndToEnd.Tests");
        (code, output) = Run([.. unshare, .. wrapper ?? [], program, "-method", $"{owner.GetType().FullName}.{test}"], test);
        Assert.True(code == 0, output);
        Assert.Matches("Total: [1-9]", output);
        Assert.DoesNotMatch("Skipped: [1-9]", output);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        return false;
    }

    private static (int Code, string Output) Probe(string[] command)
    {
        try
        {
            return Run(command);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return (127, missing.Message);
        }
    }

    /// <summary>Runs a program to its end.</summary>
    public static (int Code, string Output) Run(string[] command, string marker = "")
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        if (marker.Length > 0) start.Environment[Marker] = marker;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
