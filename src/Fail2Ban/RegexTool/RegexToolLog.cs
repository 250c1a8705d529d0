using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary>The sentences the program logs itself.</summary>
internal static class RegexToolLog
{
    public static void Undecodable(this Log log, string file, string encoding, byte[] line)
    {
        log.Write(LogLevel.Warning, $"Error decoding line from '{file}' with '{encoding}'.");
        log.Write(LogLevel.Warning, $"Consider setting logencoding to appropriate encoding for this jail. Continuing to process line ignoring invalid characters: {PythonText.Repr(line)}");
    }

    public static void Unresolved(this Log log, string host) =>
        log.Write(LogLevel.Warning, $"Unable to find a corresponding IP address for {host}");

    public static void Resolved(this Log log, string host, IEnumerable<string> addresses) =>
        log.Write(LogLevel.Warning, $"Determined IP using DNS Lookup: {host} = {PythonText.Repr(new PythonSet([.. addresses]))}");
}
