using System.Collections.Immutable;

namespace Fail2Ban.Processes;

/// <summary>A command line for <c>/bin/sh -c</c>.</summary>
/// <param name="Text">What the shell interprets; an empty or blank text is not run and succeeds.</param>
/// <param name="Arguments">The shell's <c>$0</c>, <c>$1</c>, …: text that it must not interpret. May be empty.</param>
public sealed record ShellCommand(string Text, ImmutableArray<string> Arguments)
{
    /// <summary>A command without arguments.</summary>
    public ShellCommand(string text) : this(text, []) { }

    /// <summary>How long it may take before its process group is killed; 60 s by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Exit codes that are no failure; 0 by default (ignorecommand: 0 and 1).</summary>
    public ImmutableArray<int> SuccessCodes { get; init; } = [0];

    /// <summary>How many bytes of its standard output are kept; the rest is read and dropped.</summary>
    public int MostOutput { get; init; } = ShellRunner.KeptOutput;

    /// <summary>What the command reads from its standard input; null: /dev/null. At most 64 KiB (it is put into a pipe at once).</summary>
    public byte[]? Input { get; init; }
}
