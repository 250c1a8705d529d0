using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Configuration;

/// <summary>Every sentence of reading the configuration; each stands under the logger of the original.</summary>
internal static class ConfigurationLog
{
    private const string Files = "fail2ban.configreader";
    private const string Includes = "fail2ban.configparserinc";
    private const string Jail = "fail2ban.jailreader";
    private const string Jails = "fail2ban.jailsreader";

    public static void Loading(this Log log, string name, string directory) =>
        log.For(Files).Write(LogLevel.Info, $"Loading configs for {name} under {directory} ");

    public static void LoadingFiles(this Log log, IReadOnlyList<string> files) =>
        log.For(Includes).Write(LogLevel.Info, $"  Loading files: {PythonText.Repr(files)}");

    public static void NoFiles(this Log log, string name, string directory) =>
        log.For(Files).Write(LogLevel.Error, $"Found no accessible config files for '{name}' under {directory}");

    public static void Undecodable(this Log log, string file, string detail) =>
        log.For(Includes).Write(LogLevel.Error, $"Error decoding config file '{file}': {detail}");

    public static void Unreadable(this Log log, string files) =>
        log.For(Files).Write(LogLevel.Error, $"Could not read config files: {files}");

    public static void NotDefined(this Log log, string option, string section, string value) =>
        log.For(Files).Write(LogLevel.Debug, $"'{option}' not defined in '{section}'. Using default one: {value}");

    public static void NoSection(this Log log, string section) => log.For(Files).Write(LogLevel.Error, $"No section: '{section}'");

    public static void WrongValue(this Log log, string option, string section, string value) =>
        log.For(Files).Write(LogLevel.Warning, $"Wrong value for '{option}' in '{section}'. Using default one: {value}");

    public static void NoFilter(this Log log, string jail) => log.For(Jail).Write(LogLevel.Warning, $"No filter set for jail {jail}");

    public static void NoActions(this Log log, string jail) => log.For(Jail).Write(LogLevel.Warning, $"No actions were defined for {jail}");

    public static void JailError(this Log log, string reason) => log.For(Jail).Write(LogLevel.Error, $"{reason}");

    public static void JailSkipped(this Log log, string jail, bool goesOn) =>
        log.For(Jails).Write(LogLevel.Error, $"Errors in jail '{jail}'.{(goesOn ? " Skipping..." : "")}");

    public static void NothingFound(this Log log, string glob) => log.For(Jail).Write(LogLevel.Notice, $"No file(s) found for glob {glob}");

    public static void Dangling(this Log log, string file) =>
        log.For(Jail).Write(LogLevel.Warning, $"File {file} is a dangling link, thus cannot be monitored");

    public static void NoLogFile(this Log log, string jail, string consequence) =>
        log.For(Jail).Write(LogLevel.Warning, $"Have not found any log file for '{jail}' jail.{consequence}");
}
