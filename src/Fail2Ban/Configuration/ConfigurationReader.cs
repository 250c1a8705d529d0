using Fail2Ban.Logging;

namespace Fail2Ban.Configuration;

/// <summary>Reads a configuration directory: <c>fail2ban.conf</c>, <c>jail.conf</c>, the filters and actions that they name.</summary>
/// <remarks>Reads files when asked and keeps them, so use a new one for each reload. Not thread-safe. No exception escapes for what is in the files.</remarks>
/// <param name="baseDirectory">As <c>-c</c> gives it, <c>/etc/fail2ban</c> by default; a trailing slash is dropped.</param>
/// <param name="options">What the command line says.</param>
/// <param name="log">The original's sentences go here under the original's logger names.</param>
public sealed class ConfigurationReader(string baseDirectory, ReaderOptions options, Log log)
{
    /// <summary>Where the configuration is, without a trailing slash.</summary>
    public string BaseDirectory { get; } = baseDirectory;

    /// <summary>Reads what is needed to reach or start the server.</summary>
    public ServerOptions ReadServer() => throw new NotImplementedException($"{options} {log.Name}");

    /// <summary>Reads everything and makes the command stream.</summary>
    /// <param name="onlyJail">Null for all enabled jails; a name for <c>reload JAIL</c>: an absent one fails with <c>No section: 'JAIL'</c>.</param>
    public ConfigurationResult Read(string? onlyJail = null) => throw new NotImplementedException();

    /// <summary>Reads the filter that a name or path on the command line of the regex tool means.</summary>
    /// <param name="text">Such as <c>sshd</c>, <c>sshd[mode=ddos]</c>, <c>filter.d/sshd</c>, <c>/path/my.conf</c>.</param>
    /// <param name="logType">The <c>logtype</c> if the parameters do not give one: <c>file</c> or <c>journal</c>.</param>
    public FilterReading ReadFilter(string text, string logType = "file") => throw new NotImplementedException();
}
