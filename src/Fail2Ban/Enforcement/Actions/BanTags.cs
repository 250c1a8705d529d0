using Fail2Ban.Addresses;
using Fail2Ban.Tags;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>The values of dynamic tags for one ban, or for none (start, stop, check …).</summary>
/// <remarks>What must be asked of others (names, earlier bans) is asked only where the command has the tag.</remarks>
internal sealed class BanTags
{
    private readonly ActionContext _context;
    private readonly Ban? _ban;
    private readonly FailureId? _subject; // what to act on: the address where the ticket has one
    private readonly string _family;
    private readonly string _time;
    private string? _hostName;
    private IdHistory? _jailHistory;
    private IdHistory? _allHistory;

    private BanTags(ActionContext context, Ban? ban, string family, DateTimeOffset now)
    {
        _context = context;
        _ban = ban;
        _subject = ban?.Ticket.Address ?? ban?.Ticket.Id;
        _family = _subject is { } subject ? subject.Family ?? "None" : family;
        double seconds = (ban?.Ticket.Time ?? now).ToUnixSeconds();
        _time = ban is { Restored: true } ? Math.Floor(seconds).ToString("F0") : PythonText.Repr(seconds); // a restored ticket has an integer
    }

    /// <summary>Replaces the dynamic tags of a command.</summary>
    /// <param name="text">The command, its static tags replaced.</param>
    /// <param name="context">The jail.</param>
    /// <param name="ban">The ban; null for a command that is run for none.</param>
    /// <param name="family">For the latter: the family it is run for, or empty.</param>
    /// <param name="now">For the latter: the time.</param>
    public static async Task<ShellText> ReplaceAsync(string text, ActionContext context, Ban? ban, string family, DateTimeOffset now)
    {
        var tags = new BanTags(context, ban, family, now);
        await tags.LoadAsync(text).ConfigureAwait(false);
        return DynamicTags.ForShell(text, tags.ValueOf);
    }

    /// <summary>Replaces the dynamic tags of a text that no shell reads.</summary>
    public static async Task<string> ExpandAsync(string text, ActionContext context, Ban ban)
    {
        var tags = new BanTags(context, ban, "", ban.Ticket.Time);
        await tags.LoadAsync(text).ConfigureAwait(false);
        return DynamicTags.AsText(text, tags.ValueOf);
    }

    private async Task LoadAsync(string text)
    {
        if (_ban is null) return;
        if (DynamicTags.Uses(text, "ip-host") && _subject is { IsText: false } subject) _hostName = await _context.HostName(subject).ConfigureAwait(false);
        if (DynamicTags.Uses(text, "ipmatches") || DynamicTags.Uses(text, "ipfailures"))
            _allHistory = await _context.History(_ban.Ticket.Id, true).ConfigureAwait(false);
        if (DynamicTags.Uses(text, "ipjailmatches") || DynamicTags.Uses(text, "ipjailfailures"))
            _jailHistory = await _context.History(_ban.Ticket.Id, false).ConfigureAwait(false);
    }

    private string? ValueOf(string tag) => tag switch
    {
        "ip" => _subject?.ToString() ?? "",
        "family" => _family,
        "ip-rev" => _subject?.Range is { } range ? ReversedAddress.Of(range.GetAddressBytes(), range.IsSingle ? null : range.PrefixLength) : "",
        "ip-host" => _hostName ?? "None",
        "fid" => _ban?.Ticket.Id.ToString() ?? "",
        "failures" => Failures.ToString(),
        "time" => _time,
        "bantime" => Seconds((_ban?.Time ?? _context.BanTime()).Seconds),
        "bancount" => Count.ToString(),
        "matches" => Matches(),
        "restored" => _ban is { Restored: true } ? "1" : "0",
        "ipmatches" => _allHistory is { } all ? string.Join('\n', all.Matches) : Matches(),
        "ipfailures" => (_allHistory?.Failures ?? Failures).ToString(),
        "ipjailmatches" => _jailHistory is { } own ? string.Join('\n', own.Matches) : Matches(),
        "ipjailfailures" => (_jailHistory?.Failures ?? Failures).ToString(),
        "raw-ticket" => $"BanTicket: ip={_ban?.Ticket.Id.ToString()} time={_time} bantime={(_ban is null ? "None" : Seconds(_ban.Time.Seconds))} bancount={Count} #attempts={Failures} matches={PythonText.Repr(MatchList(_ban))}",
        "jail.name" => _context.Jail,
        "jail.banned" => _context.Counters().Banned.ToString(),
        "jail.banned_total" => _context.Counters().BannedTotal.ToString(),
        "jail.found" => _context.Counters().Found.ToString(),
        "jail.found_total" => _context.Counters().FoundTotal.ToString(),
        "F-*" => PythonText.Repr(Fields(_ban)),
        _ => DynamicTags.TryGetField(tag, out string field) && _ban?.Ticket.Data[field] is { } value ? PythonText.Str(value) : null,
    };

    private int Failures => _ban?.Ticket.Failures ?? 0;

    private int Count => _ban?.Count ?? 0;

    private static string Seconds(double seconds) => seconds == Math.Floor(seconds) && Math.Abs(seconds) < 1e15 ? ((long)seconds).ToString() : PythonText.Repr(seconds);

    private string Matches() => _ban is null ? "" : string.Join('\n', _ban.Ticket.Matches);

    private static List<object?> MatchList(Ban? ban) => ban is null ? [] : [.. ban.Ticket.Matches.Select(match => (object?)match.ToString())];

    /// <summary>All captured fields of a ban, with its lines and failures: <c>&lt;F-*&gt;</c>.</summary>
    public static PythonDict Fields(Ban? ban)
    {
        var fields = new PythonDict { ["matches"] = MatchList(ban), ["failures"] = ban?.Ticket.Failures ?? 0 };
        if (ban is null) return fields;
        foreach ((string name, object? value) in ban.Ticket.Data.Fields)
            if (value is not null) fields[name] = value;
        return fields;
    }
}
