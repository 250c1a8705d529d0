using Fail2Ban.Logging;

namespace Fail2Ban.Addresses;

/// <summary>What a jail never bans: <c>ignoreself</c> and the entries of <c>ignoreip</c>.</summary>
/// <remarks>Owned by one jail loop; not thread-safe. A check that must ask DNS completes later, on any thread.</remarks>
public sealed class IgnoreList
{
    private const string BySelf = "ignoreself rule";
    private const string ByAddress = "ip";
    private const string ByName = "dns";

    private readonly DnsResolver _resolver;
    private readonly OwnAddresses _own;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly HashSet<IpRange> _addresses = [];
    private readonly List<IpRange> _order = []; // the addresses, in order of addition, for printing
    private readonly List<Entry> _entries = [];

    // A network, a file or a name: exactly one of the first two is set, or neither for a name.
    private sealed record Entry(IpRange? Network, IgnoreFile? File, string Text);

    /// <summary>An empty list.</summary>
    /// <param name="resolver">Resolves the entries that are names.</param>
    /// <param name="own">For <see cref="IgnoreSelf"/>.</param>
    /// <param name="log">Takes the warning about a <c>file:</c> list that cannot be read.</param>
    /// <param name="time">The clock.</param>
    public IgnoreList(DnsResolver resolver, OwnAddresses own, Log log, TimeProvider time)
    {
        _resolver = resolver;
        _own = own;
        _log = log;
        _time = time;
    }

    /// <summary>Whether this host's own addresses are ignored; on by default.</summary>
    public bool IgnoreSelf { get; set; } = true;

    /// <summary>The entries as <c>get ignoreip</c> prints them: networks, names and files in order of addition, then single addresses.</summary>
    public IReadOnlyList<string> Items => [.. _entries.Select(entry => entry.Text), .. _order.Select(address => address.ToString())];

    /// <summary>Adds one entry: an address, a network, a mask form, <c>file:PATH</c>, or a name. One that is there already stays once.</summary>
    /// <returns>Null, or the error's sentence (the original's ValueError) for a broken mask.</returns>
    public string? Add(string entry)
    {
        if (entry.Length == 0) return null;
        if (Read(entry, out Entry? read, out IpRange address) is { } error) return error;
        if (read is null)
        {
            if (_addresses.Add(address)) _order.Add(address);
        }
        else if (_entries.TrueForAll(known => known.Text != read.Text))
        {
            _entries.Add(read);
        }

        return null;
    }

    /// <summary>Removes one entry.</summary>
    /// <returns>Null, or <c>list.remove(x): x not in list</c>.</returns>
    public string? Remove(string entry)
    {
        if (Read(entry, out Entry? read, out IpRange address) is { } error) return error;
        bool removed = read is null
            ? _addresses.Remove(address) && _order.Remove(address)
            : _entries.RemoveAll(known => known.Text == read.Text) > 0;
        return removed ? null : "list.remove(x): x not in list";
    }

    /// <summary>Removes every entry.</summary>
    public void Clear()
    {
        _addresses.Clear();
        _order.Clear();
        _entries.Clear();
    }

    /// <summary>Whether an id is to be ignored.</summary>
    /// <param name="id">What failed; a text id is found only in a <c>file:</c> list.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The reason as the log prints it (<c>ignoreself rule</c>, <c>ip</c>, <c>dns</c>, <c>file:…</c>), or null.</returns>
    public ValueTask<string?> CheckAsync(FailureId id, CancellationToken cancel = default)
    {
        if (IgnoreSelf && id.Range is { } range)
        {
            ValueTask<bool> own = _own.ContainsAsync(range, cancel);
            if (!own.IsCompletedSuccessfully) return new(AfterSelfAsync(own, id, Waiting(id), cancel));
            if (own.Result) return new(BySelf);
        }

        return CheckEntries(id, cancel);
    }

    private async Task<string?> AfterSelfAsync(ValueTask<bool> own, FailureId id, (string? Reason, List<(string Name, string Reason)> Names) rest, CancellationToken cancel)
    {
        if (await own.ConfigureAwait(false)) return BySelf;
        return rest.Names.Count == 0 ? rest.Reason : await ByNamesAsync(id, rest, cancel).ConfigureAwait(false);
    }

    private ValueTask<string?> CheckEntries(FailureId id, CancellationToken cancel)
    {
        (string? Reason, List<(string, string)> Names) found = Waiting(id);
        return found.Names.Count == 0 ? new(found.Reason) : new(ByNamesAsync(id, found, cancel));
    }

    // What can be said at once: the reason, and the names that stand before it in the list. Everything that belongs to
    // the loop is read here, so that what follows may run anywhere.
    private (string? Reason, List<(string Name, string Reason)> Names) Waiting(FailureId id)
    {
        var names = new List<(string, string)>();
        IpRange? range = id.Range;
        if (range is { } address && _addresses.Contains(address)) return (ByAddress, names);
        foreach (Entry entry in _entries)
        {
            if (entry.Network is { } network)
            {
                if (range is { } inside && network.ContainsFirst(inside)) return (ByAddress, names);
            }
            else if (entry.File is { } file)
            {
                if (file.Contains(id)) return (file.Text, names);
                if (range is not null) names.AddRange(file.Names.Select(name => (name, file.Text)));
            }
            else if (range is not null)
            {
                names.Add((entry.Text, ByName));
            }
        }

        return (null, names);
    }

    private async Task<string?> ByNamesAsync(FailureId id, (string? Reason, List<(string Name, string Reason)> Names) found, CancellationToken cancel)
    {
        foreach ((string name, string reason) in found.Names)
        {
            IReadOnlyList<IpRange> addresses = await _resolver.ResolveAsync(name, cancel).ConfigureAwait(false);
            if (id.Range is { } range && addresses.Contains(range)) return reason;
        }

        return found.Reason;
    }

    // An entry that is a single address comes back as such, without an Entry.
    private string? Read(string text, out Entry? entry, out IpRange address)
    {
        entry = null;
        address = default;
        if (IgnoreFile.IsOne(text))
        {
            var file = new IgnoreFile(text, _log, _time);
            entry = new Entry(null, file, file.Text);
            return null;
        }

        if (!FailureId.TryParse(text, out FailureId id, out string? error)) return error;
        if (id.Range is { IsSingle: true } single) address = single;
        else entry = new Entry(id.Range, null, id.ToString());
        return null;
    }
}
