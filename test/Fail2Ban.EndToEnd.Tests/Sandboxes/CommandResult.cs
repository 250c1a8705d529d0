namespace Fail2Ban.EndToEnd.Tests.Sandboxes;

/// <summary>How a command ended, and all that it printed.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Asserts exit code 0.</summary>
    public void MustSucceed() => Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");

    /// <summary>The output, asserted to come with exit code 0.</summary>
    public string Successful
    {
        get
        {
            MustSucceed();
            return Output;
        }
    }
}
