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
}
