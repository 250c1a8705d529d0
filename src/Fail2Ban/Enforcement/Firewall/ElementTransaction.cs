namespace Fail2Ban.Enforcement.Firewall;

// Layout of a transaction (nfnetlink batch): BATCH_BEGIN with the generation that the sets' facts belong to, messages of
// elements, BATCH_END. The kernel refuses it with ERESTART when another process has changed the ruleset since: a single
// address sent into a set that has meanwhile become an interval set would match everything above it.
// Only the last message is acknowledged: one acknowledgement per message overflows the receive buffer.

/// <summary>Builds one transaction of element changes.</summary>
/// <remarks>Thread safety: none; one owner, used again and again.</remarks>
internal sealed class ElementTransaction
{
    /// <summary>At most this many elements in one transaction: a larger one holds the kernel's commit lock too long.</summary>
    public const int MostElements = 5000;

    /// <summary>At most so many bytes: one send must fit into the default send buffer (212,992).</summary>
    public const int MostBytes = 140_000;

    private const int MostElementsPerMessage = 1000; // the list's length is a 16-bit number
    private const int MostIntervalsPerMessage = 500; // each is two elements
    private const int NFT_MSG_NEWSETELEM = 12;
    private const int NFT_MSG_DELSETELEM = 14;
    private const int NFT_MSG_DESTROYSETELEM = 30;
    private const int NFTA_SET_ELEM_LIST_TABLE = 1;
    private const int NFTA_SET_ELEM_LIST_SET = 2;
    private const int NFTA_SET_ELEM_LIST_ELEMENTS = 3;
    private const int NFTA_LIST_ELEM = 1;
    private const int NFTA_SET_ELEM_KEY = 1;
    private const int NFTA_SET_ELEM_FLAGS = 3;
    private const int NFTA_SET_ELEM_TIMEOUT = 4;
    private const int NFTA_DATA_VALUE = 1;
    private const int NFNL_BATCH_GENID = 1;
    private const uint NFT_SET_ELEM_INTERVAL_END = 1;

    private readonly NetlinkMessage _message = new();
    private readonly List<(int First, int Count)> _messages = [];

    /// <summary>What is to be sent.</summary>
    public ReadOnlySpan<byte> Bytes => _message.Bytes;

    /// <summary>The sequence number of the first message; those of elements follow one by one.</summary>
    public uint FirstSequence { get; private set; }

    /// <summary>Each message's span in the list of changes.</summary>
    public IReadOnlyList<(int First, int Count)> Messages => _messages;

    /// <summary>Writes the transaction.</summary>
    /// <param name="changes">Ordered so that those of one set stand together; order within a set is kept.</param>
    /// <param name="facts">The sets' facts.</param>
    /// <param name="generation">The ruleset's generation that the facts belong to.</param>
    /// <param name="sequence">The next free sequence number; advanced.</param>
    /// <param name="destroy">Whether deletes may be DESTROYSETELEM, which does not mind that an element is absent.</param>
    /// <param name="flushed">A set to be emptied first; null for none. It has no span among the messages.</param>
    public void Write(List<ElementChange> changes, Func<NftSet, NftSetFacts> facts, uint generation, ref uint sequence, bool destroy, NftSet? flushed = null)
    {
        _message.Clear();
        _messages.Clear();
        FirstSequence = sequence;
        _message.Begin(NetlinkMessage.NFNL_MSG_BATCH_BEGIN, NetlinkMessage.NLM_F_REQUEST, sequence++, 0, NetlinkMessage.NFNL_SUBSYS_NFTABLES);
        _message.AddNumber(NFNL_BATCH_GENID, generation);
        _message.End();
        int last = 0;
        if (flushed is { } set) last = WriteFlush(set, sequence++);
        for (int first = 0; first < changes.Count;)
        {
            ElementChange change = changes[first];
            NftSetFacts kind = facts(change.Set);
            int most = kind.IsInterval ? MostIntervalsPerMessage : MostElementsPerMessage;
            last = _message.Length;
            int type = change.IsAdd ? NFT_MSG_NEWSETELEM : destroy ? NFT_MSG_DESTROYSETELEM : NFT_MSG_DELSETELEM;
            _message.BeginTables(type, NetlinkMessage.NLM_F_REQUEST | (change.IsAdd ? NetlinkMessage.NLM_F_CREATE : 0), sequence++, change.Set.Family);
            _message.AddText(NFTA_SET_ELEM_LIST_TABLE, change.Set.Table);
            _message.AddText(NFTA_SET_ELEM_LIST_SET, change.Set.Name);
            int list = _message.BeginNested(NFTA_SET_ELEM_LIST_ELEMENTS);
            int next = first;
            while (next < changes.Count && next - first < most && changes[next].IsAdd == change.IsAdd && changes[next].Set == change.Set)
                AddElement(changes[next++], kind);
            _message.EndNested(list);
            _message.End();
            _messages.Add((first, next - first));
            first = next;
        }

        _message.RequestAck(last);
        _message.Begin(NetlinkMessage.NFNL_MSG_BATCH_END, NetlinkMessage.NLM_F_REQUEST, sequence++, 0, NetlinkMessage.NFNL_SUBSYS_NFTABLES);
        _message.End();
    }

    // A delete that names no element means all of them.
    private int WriteFlush(NftSet set, uint sequence)
    {
        int start = _message.Length;
        _message.BeginTables(NFT_MSG_DELSETELEM, NetlinkMessage.NLM_F_REQUEST, sequence, set.Family);
        _message.AddText(NFTA_SET_ELEM_LIST_TABLE, set.Table);
        _message.AddText(NFTA_SET_ELEM_LIST_SET, set.Name);
        _message.End();
        return start;
    }

    /// <summary>
    /// How many bytes a change takes, its own message included where it needs one. A single address takes twice as many in
    /// a set of intervals: a transaction that is too large then is halved.
    /// </summary>
    public static int SizeOf(ElementChange change, bool needsMessage) =>
        (change.Range.IsSingle ? 28 : 52) + (!change.Range.IsIPv6 ? 0 : change.Range.IsSingle ? 12 : 24) + (needsMessage ? 64 + change.Set.Table.Length + change.Set.Name.Length : 0);

    private void AddElement(ElementChange change, NftSetFacts kind)
    {
        Span<byte> key = stackalloc byte[16];
        key = key[..change.Range.WriteAddressBytes(key)];
        AddKey(key, 0, change.IsAdd && kind.HasTimeouts ? change.Timeout : default);
        if (kind.IsInterval && TryEnd(key, change.Range.PrefixLength)) AddKey(key, NFT_SET_ELEM_INTERVAL_END, default);
    }

    private void AddKey(ReadOnlySpan<byte> key, uint flags, TimeSpan timeout)
    {
        int element = _message.BeginNested(NFTA_LIST_ELEM);
        if (timeout > TimeSpan.Zero) _message.AddLongNumber(NFTA_SET_ELEM_TIMEOUT, (ulong)timeout.TotalMilliseconds);
        if (flags != 0) _message.AddNumber(NFTA_SET_ELEM_FLAGS, flags);
        int data = _message.BeginNested(NFTA_SET_ELEM_KEY);
        _message.AddBytes(NFTA_DATA_VALUE, key);
        _message.EndNested(data);
        _message.EndNested(element);
    }

    // The first address behind the range, in place. A range that reaches the highest address has no end.
    private static bool TryEnd(Span<byte> key, int prefixLength)
    {
        if (prefixLength == 0) return false;
        int at = (prefixLength - 1) / 8;
        int carry = 1 << (7 - ((prefixLength - 1) % 8));
        for (; at >= 0; at--, carry = 1)
        {
            int sum = key[at] + carry;
            key[at] = (byte)sum;
            if (sum <= byte.MaxValue) return true;
        }

        return false;
    }
}
