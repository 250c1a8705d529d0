using Fail2Ban.Configuration.Ini;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>Reads a configuration directory: <c>fail2ban.conf</c>, <c>jail.conf</c>, the filters and actions that they name.</summary>
/// <remarks>Reads files when asked and keeps them, so use a new one for each reload. Not thread-safe. No exception escapes for what is in the files.</remarks>
/// <param name="baseDirectory">As <c>-c</c> gives it, <c>/etc/fail2ban</c> by default; a trailing slash is dropped.</param>
/// <param name="options">What the command line says.</param>
/// <param name="log">The original's sentences go here under the original's logger names.</param>
public sealed partial class ConfigurationReader(string baseDirectory, ReaderOptions options, Log log)
{
    private ConfigurationFiles _files = new(log);

    /// <summary>Where the configuration is, without a trailing slash.</summary>
    public string BaseDirectory { get; } = baseDirectory.TrimEnd('/') is { Length: > 0 } directory ? directory : baseDirectory;

    /// <summary>A reader with other options that keeps the files which this one has read.</summary>
    public ConfigurationReader With(ReaderOptions others) => new(BaseDirectory, others, log) { _files = _files };

    /// <summary>Reads what is needed to reach or start the server.</summary>
    public ServerOptions ReadServer()
    {
        string failure;
        try
        {
            RequireDirectory();
            if (_files.Read(BaseDirectory, "fail2ban") is { } server) return new ServerReader(server, options, log).Early();
            failure = "Read fail2ban configuration failed.";
        }
        catch (ConfigurationException error)
        {
            failure = error.Message;
        }

        return new ServerReader(new IniFileSet(), options, log).Early() with { Failure = failure };
    }

    /// <summary>Reads everything and makes the command stream.</summary>
    /// <param name="onlyJail">Null for all enabled jails; a name for <c>reload JAIL</c>: an absent one fails with <c>No section: 'JAIL'</c>.</param>
    public ConfigurationResult Read(string? onlyJail = null)
    {
        List<JailReport> reports = [];
        List<ConfigurationWarning> warnings = [];
        try
        {
            RequireDirectory();
            IniFileSet server = _files.Read(BaseDirectory, "fail2ban") ?? throw new ConfigurationException("Read fail2ban configuration failed.");
            IniFileSet jails = _files.Read(BaseDirectory, "jail") ?? throw new ConfigurationException("Read jails configuration failed.");
            if (onlyJail is not null && !jails.Sections.ContainsKey(onlyJail)) throw new ConfigurationException($"No section: {PythonText.Repr(onlyJail)}");

            ConfigurationAdvisor? advisor = options.Advise ? new ConfigurationAdvisor(jails, warnings) : null;
            advisor?.General(server);
            List<ServerCommand> stream = [.. new ServerReader(server, options, log).Commands()];
            List<ServerCommand> starts = [], globs = [];
            int wrong = 0;
            foreach (string name in onlyJail is null ? (IEnumerable<string>)jails.Sections.Keys : [onlyJail])
            {
                if (name == IniDocument.IncludesSection) continue;
                var jail = new JailReader(_files, jails, BaseDirectory, name, options, log, advisor);
                bool isEnabled = jail.IsEnabled();
                advisor?.Flags(jails.Sections[name], isEnabled);
                if (!isEnabled) continue;
                if (!ReadJail(jails, jail, name, stream, starts, reports)) wrong++;
                globs.AddRange(jail.Globs);
            }

            stream.AddRange(starts);
            ConfigurationOutcome outcome = wrong == 0 ? ConfigurationOutcome.Complete
                : wrong < reports.Count ? ConfigurationOutcome.SomeJailsSkipped
                : ConfigurationOutcome.NoValidJail;
            return new(outcome, null, stream, reports, warnings) { Globs = globs };
        }
        catch (ConfigurationException error)
        {
            return new(ConfigurationOutcome.Failed, error.Message, [], reports, warnings);
        }
    }

    private bool ReadJail(IniFileSet jails, JailReader jail, string name, List<ServerCommand> stream, List<ServerCommand> starts, List<JailReport> reports)
    {
        try
        {
            jail.Read();
            IReadOnlyList<ServerCommand> commands = jail.Commands();
            stream.AddRange(commands);
            bool skipped = commands is [{ Words: ["config-error", ..] }];
            if (!skipped) starts.Add(new(["start", name]) { Jail = name });
            reports.Add(jail.Report(skipped ? (string?)commands[0].Words[1] : null));
            return true;
        }
        catch (JailException error)
        {
            log.JailError(error.Message);
            log.JailSkipped(name, options.IgnoreWrongJails);
            stream.Add(new(["config-error", $"Jail '{name}' skipped, because of wrong configuration: {error.Message}"]));
            reports.Add(jail.Report(error.Message, error.Place ?? new(jails.Sections[name].File, jails.Sections[name].Line), error.Hint));
            return false;
        }
    }

    private void RequireDirectory()
    {
        if (!Directory.Exists(BaseDirectory)) throw new ConfigurationException($"Base configuration directory {BaseDirectory} does not exist");
    }
}
