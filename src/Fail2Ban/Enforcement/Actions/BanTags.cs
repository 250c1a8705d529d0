using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tags;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>The values of dynamic tags for one ban, or for none (start, stop, check …).</summary>
/// <remarks>What must be asked of others (names, earlier bans) is asked only where the command has the tag.</remarks>
internal sealed class BanTags
{
    private readonly ActionContext _context;
    private readonly Ban _ban;
    private readonly string _family;
    private readonly bool _isEmpty;
    private readonly bool _isWholeTime; // the original's restored tickets have an integer
    private string? _hostName;
    private IdHistory? _jailHistory;
    private IdHistory? _allHistory;

    private BanTags(ActionContext context, Ban ban, string family, bool isEmpty)
    {
        _context = context;
        _ban = ban;
        _family = family;
        _isEmpty = isEmpty;
        _isWholeTime = ban.Restored;
    }

    /// <summary>The id to act on: the address where the ticket has one.</summary>
    private FailureId Subject => _ban.Ticket.Address ?? _ban.Ticket.Id;

    /// <summary>Replaces the dynamic tags of a command.</summary>
    /// <param name="text">The command, its static tags replaced.</param>
    /// <param name="context">The jail.</param>
    /// <param name="ban">The ban; null for a command that is run for none.</param>
    /// <param name="family">For the latter: the family it is run for, or empty.</param>
    /// <param name="now">For the latter: the time.</param>
    public static async Task<ShellText> ReplaceAsync(string text, ActionContext context, Ban? ban, string family, DateTimeOffset now)
    {
        BanTags tags = ban is null
            ? new BanTags(context, new Ban(new Ticket(FailureId.OfText(""), null, now, 0, [], FailureData.Empty), context.BanTime(), 0, false), family, true)
            : new BanTags(context, ban, (ban.Ticket.Address ?? ban.Ticket.Id).Family ?? "None", false);
        await tags.LoadAsync(text).ConfigureAwait(false);
        return DynamicTags.ForShell(text, tags.ValueOf);
    }

    private async Task LoadAsync(string text)
    {
        if (_isEmpty) return;
        if (DynamicTags.Uses(text, "ip-host") && !Subject.IsText) _hostName = await _context.HostName(Subject).ConfigureAwait(false);
        if (DynamicTags.Uses(text, "ipmatches") || DynamicTags.Uses(text, "ipfailures"))
            _allHistory = await _context.History(_ban.Ticket.Id, true).ConfigureAwait(false);
        if (DynamicTags.Uses(text, "ipjailmatches") || DynamicTags.Uses(text, "ipjailfailures"))
            _jailHistory = await _context.History(_ban.Ticket.Id, false).ConfigureAwait(false);
    }

    private string? ValueOf(string tag) => tag switch
    {
        "ip" => Subject.ToString(),
        "family" => _family,
        "ip-rev" => Subject.Range is { } range ? ReversedAddress.Of(range.GetAddressBytes(), range.IsSingle ? null : range.PrefixLength) : "",
        "ip-host" => _hostName ?? "None",
        "fid" => _ban.Ticket.Id.ToString(),
        "failures" => _ban.Ticket.Failures.ToString(),
        "time" => Time,
        "bantime" => Seconds(_ban.Time.Seconds),
        "bancount" => _ban.Count.ToString(),
        "matches" => Matches(),
        "restored" => _ban.Restored ? "1" : "0",
        "ipmatches" => _allHistory is { } all ? string.Join('\n', all.Matches) : Matches(),
        "ipfailures" => (_allHistory?.Failures ?? _ban.Ticket.Failures).ToString(),
        "ipjailmatches" => _jailHistory is { } own ? string.Join('\n', own.Matches) : Matches(),
        "ipjailfailures" => (_jailHistory?.Failures ?? _ban.Ticket.Failures).ToString(),
        "raw-ticket" => $"BanTicket: ip={(_isEmpty ? "" : _ban.Ticket.Id)} time={Time} bantime={(_isEmpty ? "None" : Seconds(_ban.Time.Seconds))} bancount={_ban.Count} #attempts={_ban.Ticket.Failures} matches={PythonText.Repr(MatchList())}",
        "jail.name" => _context.Jail,
        "jail.banned" => _context.Counters().Banned.ToString(),
        "jail.banned_total" => _context.Counters().BannedTotal.ToString(),
        "jail.found" => _context.Counters().Found.ToString(),
        "jail.found_total" => _context.Counters().FoundTotal.ToString(),
        "F-*" => PythonText.Repr(Fields()),
        _ => DynamicTags.TryGetField(tag, out string field) && _ban.Ticket.Data[field] is { } value ? PythonText.Str(value) : null,
    };

    private string Time => _isWholeTime ? Math.Floor(_ban.Ticket.Time.ToUnixSeconds()).ToString("F0") : PythonText.Repr(_ban.Ticket.Time.ToUnixSeconds());

    private static string Seconds(double seconds) => seconds == Math.Floor(seconds) && Math.Abs(seconds) < 1e15 ? ((long)seconds).ToString() : PythonText.Repr(seconds);

    private string Matches() => string.Join('\n', _ban.Ticket.Matches);

    private List<object?> MatchList() => [.. _ban.Ticket.Matches.Select(match => (object?)match.ToString())];

    private PythonDict Fields()
    {
        var fields = new PythonDict { ["matches"] = MatchList(), ["failures"] = _ban.Ticket.Failures };
        foreach ((string name, object? value) in _ban.Ticket.Data.Fields)
            if (value is not null) fields[name] = value;
        return fields;
    }
}
