namespace Fail2Ban.Configuration;

public sealed partial class ConfigurationReader
{
    /// <summary>Reads the filter that a name or path on the command line of the regex tool means.</summary>
    /// <param name="text">Such as <c>sshd</c>, <c>sshd[mode=ddos]</c>, <c>filter.d/sshd</c>, <c>/path/my.conf</c>.</param>
    /// <param name="logType">The <c>logtype</c> if the parameters do not give one: <c>file</c> or <c>journal</c>.</param>
    public FilterReading ReadFilter(string text, string logType = "file") => throw new NotImplementedException();
}
