using System.Net;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Processes;
using Fail2Ban.Tags;
using Fail2Ban.Values;

namespace Fail2Ban.Jails;

/// <summary>Whether a failure is to be ignored: the jail's list, then its <c>ignorecommand</c>, with <c>ignorecache</c> in front.</summary>
/// <remarks>Owned by one jail's loop; not thread-safe.</remarks>
public sealed class IgnoreChecks
{
    private static readonly TimeSpan PatienceWithNames = TimeSpan.FromMilliseconds(500);

    private readonly JailServices _services;
    private (string Key, IgnoreCache Cache)? _cache;

    internal IgnoreChecks(JailServices services)
    {
        _services = services;
        List = new IgnoreList(services.Resolver, services.Own, services.Log.For(JailSentences.FilterLogger), services.Time);
    }

    /// <summary><c>ignoreself</c> and the entries of <c>ignoreip</c>.</summary>
    public IgnoreList List { get; private set; }

    /// <summary>The shell command that decides; null or empty for none. Exit code 0 ignores, 1 does not, others are errors.</summary>
    public string? Command { get; set; }

    /// <summary><c>ignorecache</c> as it was set: key template, number of verdicts, seconds; null for none.</summary>
    public (string Key, int MaxCount, double MaxSeconds)? CacheSetting { get; private set; }

    /// <summary>Sets or removes the cache; what it knew is forgotten.</summary>
    public void SetCache((string Key, int MaxCount, double MaxSeconds)? setting)
    {
        CacheSetting = setting;
        _cache = setting is var (key, count, seconds) ? (key, new IgnoreCache(count, TimeSpan.FromSeconds(seconds), _services.Time)) : null;
    }

    /// <summary>Takes the settings of another jail; verdicts under the old ones are forgotten.</summary>
    internal void TakeOver(IgnoreChecks draft)
    {
        List = draft.List;
        Command = draft.Command;
        SetCache(draft.CacheSetting);
    }

    /// <summary>
    /// Finds out this host's own addresses before the first line asks for them, so that failures keep their order; a
    /// resolver that is slow to say what the host is called is not waited for long.
    /// </summary>
    internal Task PrepareAsync()
    {
        Task<bool> known = _services.Own.ContainsAsync(IpRange.Create(IPAddress.Loopback)).AsTask();
        return Task.WhenAny(known, Task.Delay(PatienceWithNames, _services.Time));
    }

    /// <summary>What ignores the failure, as the log prints it, or null.</summary>
    /// <param name="id">What failed, or what a restored ban is about.</param>
    /// <param name="failure">Fields for the tags of command and cache key; null for a restored ban.</param>
    internal async Task<string?> FindReasonAsync(FailureId id, Failure? failure)
    {
        string? key = _cache is var (template, _) ? DynamicTags.AsText(template, tag => Value(tag, id, failure)) : null;
        if (key is not null && _cache!.Value.Cache.TryGet(key, out bool known)) return known ? "cache" : null;
        string? reason = await List.CheckAsync(id);
        if (reason is null && !string.IsNullOrEmpty(Command) && await CommandIgnoresAsync(id, failure)) reason = "command";
        if (key is not null && reason != "ip") _cache?.Cache.Set(key, reason is not null);
        return reason;
    }

    private async Task<bool> CommandIgnoresAsync(FailureId id, Failure? failure)
    {
        string? host = DynamicTags.Uses(Command!, "ip-host") && (failure?.Address ?? id).Range is { } address ? await _services.Resolver.FindHostAsync(address) : null;
        ShellText text = DynamicTags.ForShell(Command!, tag => tag == "ip-host" ? host ?? "None" : Value(tag, id, failure));
        ShellResult result = await _services.Shell.RunAsync(new ShellCommand(text.Text, text.Arguments) { SuccessCodes = [0, 1] });
        return result is { Succeeded: true, ExitCode: 0 };
    }

    private static string? Value(string tag, FailureId id, Failure? failure) => tag switch
    {
        "ip" => (failure?.Address ?? id).ToString(),
        "fid" => id.ToString(),
        "family" => id.Family ?? "None",
        "ip-rev" => (failure?.Address ?? id).Range is { } range ? ReversedAddress.Of(range.GetAddressBytes(), range.IsSingle ? null : range.PrefixLength) : "",
        "failures" or "bancount" or "restored" => "0", // nothing is counted yet
        "time" when failure is not null => PythonText.Repr(failure.Time.ToUnixSeconds()),
        "matches" when failure is not null => string.Join('\n', failure.Matches),
        "F-*" when failure is not null => PythonText.Repr(Fields(failure)),
        _ => DynamicTags.TryGetField(tag, out string field) && failure?.Data[field] is { } value ? PythonText.Str(value) : null,
    };

    private static PythonDict Fields(Failure failure)
    {
        var fields = new PythonDict { ["matches"] = new List<object?>(failure.Matches.Select(match => (object?)match.ToString())), ["failures"] = 0 };
        foreach ((string name, object? value) in failure.Data.Fields)
            if (value is not null) fields[name] = value;
        return fields;
    }
}
