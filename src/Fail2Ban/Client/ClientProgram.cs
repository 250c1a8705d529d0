namespace Fail2Ban.Client;

/// <summary>fail2ban-client and the command line of fail2ban-server.</summary>
public static class ClientProgram
{
    /// <summary>Runs one command line.</summary>
    /// <param name="programName"><c>fail2ban-client</c> or <c>fail2ban-server</c>, without a path.</param>
    /// <param name="args">What follows the name.</param>
    /// <param name="host">Streams, clock and the server to run.</param>
    /// <returns>The exit code: 0, or 255 for any failure.</returns>
    public static int Run(string programName, IReadOnlyList<string> args, ClientHost host) => throw new NotImplementedException();
}
