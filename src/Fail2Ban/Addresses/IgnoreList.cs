using Fail2Ban.Logging;

namespace Fail2Ban.Addresses;

/// <summary>What a jail never bans: <c>ignoreself</c> and the entries of <c>ignoreip</c>.</summary>
/// <remarks>Owned by one jail loop; not thread-safe. A check that must ask DNS completes later, on any thread.</remarks>
public sealed class IgnoreList
{
    /// <summary>An empty list.</summary>
    /// <param name="resolver">Resolves the entries that are names.</param>
    /// <param name="own">For <see cref="IgnoreSelf"/>.</param>
    /// <param name="log">Takes the warning about a <c>file:</c> list that cannot be read.</param>
    /// <param name="time">The clock.</param>
    public IgnoreList(DnsResolver resolver, OwnAddresses own, Log log, TimeProvider time) => throw new NotImplementedException();

    /// <summary>Whether this host's own addresses are ignored; on by default.</summary>
    public bool IgnoreSelf { get; set; } = true;

    /// <summary>The entries as <c>get ignoreip</c> prints them: networks, names and files in order of addition, then single addresses.</summary>
    public IReadOnlyList<string> Items => throw new NotImplementedException();

    /// <summary>Adds one entry: an address, a network, a mask form, <c>file:PATH</c>, or a name.</summary>
    /// <returns>Null, or the error's sentence (the original's ValueError) for a broken mask.</returns>
    public string? Add(string entry) => throw new NotImplementedException();

    /// <summary>Removes one entry.</summary>
    /// <returns>Null, or <c>list.remove(x): x not in list</c>.</returns>
    public string? Remove(string entry) => throw new NotImplementedException();

    /// <summary>Removes every entry.</summary>
    public void Clear() => throw new NotImplementedException();

    /// <summary>Whether an id is to be ignored.</summary>
    /// <param name="id">What failed; a text id is found only in a <c>file:</c> list.</param>
    /// <param name="cancel">Ends the wait.</param>
    /// <returns>The reason as the log prints it (<c>ignoreself rule</c>, <c>ip</c>, <c>dns</c>, <c>file:…</c>), or null.</returns>
    public ValueTask<string?> CheckAsync(FailureId id, CancellationToken cancel = default) => throw new NotImplementedException();
}
