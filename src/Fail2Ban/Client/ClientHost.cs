using Fail2Ban.Configuration;

namespace Fail2Ban.Client;

/// <summary>The world of a client run: a test replaces any of it.</summary>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Input">Standard input, for -i.</param>
/// <param name="Time">Clock and local zone.</param>
/// <param name="RunServer">
/// Runs the server in this process until it ends and returns its exit code. It opens the socket and serves; the client configures it
/// from another thread through that socket, and stops it the same way if the configuration fails.
/// </param>
/// <param name="BuildVersion">Our own version, the second line of <c>--version</c>.</param>
public sealed record ClientHost(TextWriter Output, TextWriter Error, TextReader Input, TimeProvider Time, Func<ServerStart, int> RunServer, string BuildVersion)
{
    /// <summary>Tries a command stream on jails that never start, for <c>--test</c>; null leaves that out.</summary>
    public Func<IReadOnlyList<ServerCommand>, IReadOnlyList<ConfigurationFault>>? CheckStream { get; init; }

    /// <summary>Whether standard output may have colours: it is a terminal, and NO_COLOR is not set.</summary>
    public bool ColoursOutput { get; init; }

    /// <summary>The same for standard error.</summary>
    public bool ColoursError { get; init; }

    /// <summary>Whether -i has a person at a terminal before it.</summary>
    public bool IsInteractive { get; init; }

    internal TerminalStyle OutputStyle => ColoursOutput ? TerminalStyle.Coloured : TerminalStyle.Plain;

    internal TerminalStyle ErrorStyle => ColoursError ? TerminalStyle.Coloured : TerminalStyle.Plain;
}
