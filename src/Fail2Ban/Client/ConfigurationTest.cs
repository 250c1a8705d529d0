using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Client;

/// <summary><c>--test</c>: whether a server would start with this configuration, and with every enabled jail.</summary>
/// <remarks>The verdict is the first line of standard output, for scripts; mistakes go to standard error, and what each jail reads is listed behind the verdict.</remarks>
internal sealed class ConfigurationTest(ClientHost host, Log log)
{
    /// <param name="reader">Reads without passing over wrong jails.</param>
    /// <param name="isAlone">No command follows, so that success is told.</param>
    /// <param name="listJails">Also tell what each jail reads and does.</param>
    /// <returns>Whether the configuration is good; warnings do not count.</returns>
    internal bool Run(ConfigurationReader reader, bool isAlone, bool listJails)
    {
        ConfigurationResult result = reader.Read();
        bool isGood = result.Outcome == ConfigurationOutcome.Complete;
        if (result.Outcome == ConfigurationOutcome.Failed) log.ConfigurationFailed(result.Failure ?? "");
        foreach (JailReport jail in result.Jails)
            if (jail is { Error: { } error, Place: { } place }) log.WrongJail(place, jail.Name, error + jail.Hint);

        foreach (ConfigurationFault fault in host.CheckStream?.Invoke(result.Stream) ?? [])
        {
            log.WrongValue(fault);
            isGood = false;
        }

        foreach (ConfigurationWarning warning in result.Warnings) log.Advice(warning.ToString());
        if (result.Warnings.Count > 0) log.AdviceCount(result.Warnings.Count);
        if (!isGood) host.Output.WriteLine("ERROR: test configuration failed");
        else if (isAlone) host.Output.WriteLine("OK: configuration test is successful");
        if (listJails) JailListing.Write(host.Output, result.Jails);
        return isGood;
    }
}
