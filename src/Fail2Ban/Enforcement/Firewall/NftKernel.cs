using System.Runtime.InteropServices;
using Fail2Ban.Native.Netlink;

namespace Fail2Ban.Enforcement.Firewall;

/// <summary>Changes elements of nf_tables sets by netlink.</summary>
/// <remarks>Thread safety: none; owned by the thread of <see cref="NftWriter"/>.</remarks>
internal sealed class NftKernel : IDisposable
{
    /// <summary>How many elements <see cref="Replace"/> takes: one transaction of them holds the kernel's commit lock for half a second.</summary>
    public const int MostReplaced = 200_000;

    private const int EPERM = 1;
    private const int ENOENT = 2;
    private const int ERESTART = 85;
    private const int EMSGSIZE = 90;
    private const int ENOBUFS = 105;
    private const int NFT_MSG_GETSET = 10;
    private const int NFT_MSG_GETGEN = 16;
    private const int NFTA_SET_TABLE = 1;
    private const int NFTA_SET_NAME = 2;
    private const int NFTA_SET_FLAGS = 3;
    private const int NFTA_SET_KEY_TYPE = 4;
    private const int NFTA_SET_KEY_LEN = 5;
    private const int NFTA_GEN_ID = 1;
    private const int MostStaleTries = 100;
    private const string LostReplies = "replies of the kernel were lost";

    private readonly NetlinkMessage _question = new();
    private readonly ElementTransaction _transaction = new();
    private readonly NetlinkReplies _replies = new();
    private readonly Dictionary<NftSet, NftSetFacts> _facts = [];
    private NetfilterSocket? _socket;
    private uint _sequence = 1;
    private uint _generation; // 0: unknown. Facts are those of this generation.
    private bool _canDestroy;

    /// <param name="canDestroy">False acts as a kernel before 6.3, which does not know DESTROYSETELEM.</param>
    public NftKernel(bool canDestroy = true) => _canDestroy = canDestroy;

    /// <summary>How many transactions were sent; for measurements.</summary>
    public long Transactions { get; private set; }

    /// <summary>Brings all changes to an end, in transactions as large as is good; those of one set keep their order.</summary>
    public void Apply(IReadOnlyList<ElementChange> changes)
    {
        // Stable: order within a set is kept, and sets do not depend on each other.
        List<ElementChange> ordered = [.. changes.GroupBy(change => change.Set).SelectMany(group => group)];
        var portion = new List<ElementChange>();
        int bytes = 0;
        foreach (ElementChange change in ordered)
        {
            bool needsMessage = portion.Count == 0 || portion[^1].Set != change.Set || portion[^1].IsAdd != change.IsAdd;
            int size = ElementTransaction.SizeOf(change, needsMessage);
            if (!change.IsTied && (portion.Count >= ElementTransaction.MostElements || bytes + size > ElementTransaction.MostBytes))
            {
                Settle(portion);
                portion = [];
                bytes = 0;
            }

            portion.Add(change);
            bytes += size;
        }

        if (portion.Count > 0) Settle(portion);
    }

    /// <summary>Whether a set exists; false too where the kernel cannot be asked.</summary>
    public bool Exists(NftSet set)
    {
        Forget(); // sets come and go without us
        return TryReady(out _) && FactsOf(set) is not null;
    }

    /// <summary>Whether there is any set, of whomever; true too where the kernel cannot be asked.</summary>
    public bool HasAnySet()
    {
        Forget();
        if (!TryReady(out _)) return true;
        _question.Clear();
        _question.BeginTables(NFT_MSG_GETSET, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_DUMP, _sequence, 0);
        _question.End();
        Exchange(_question.Bytes, _sequence++);
        return _replies.IsIncomplete || _replies.Errors.Count > 0 || _replies.Attributes.Count > 0;
    }

    /// <summary>Makes a set hold these and nothing else, in one transaction: no packet sees it empty.</summary>
    /// <param name="set">A set that exists.</param>
    /// <param name="elements">
    /// What it is to hold, each of this set. Where the system allows no large message (in a container) only the first 5,000 are put in, and
    /// the caller adds the others: to add what is there already does no harm.
    /// </param>
    public ElementResult Replace(NftSet set, IReadOnlyList<ElementChange> elements)
    {
        ElementResult result = Fill(set, elements, replace: true, out _);
        // Where one of them does not fit (networks that overlap): empty it, and let each be added by itself.
        return result.Outcome == ElementOutcome.Refused ? Fill(set, [], replace: true, out _) : result;
    }

    /// <summary>Adds elements in one transaction: all, or of very many the first ones (see <see cref="Replace"/>).</summary>
    /// <returns>How many; 0 where it was refused.</returns>
    public int AddTogether(NftSet set, IReadOnlyList<ElementChange> elements) =>
        Fill(set, elements, replace: false, out int count).Outcome == ElementOutcome.Done ? count : 0;

    private ElementResult Fill(NftSet set, IReadOnlyList<ElementChange> elements, bool replace, out int count)
    {
        count = 0;
        for (int attempt = 0; attempt < MostStaleTries; attempt++)
        {
            if (!TryReady(out string reason)) return new ElementResult(ElementOutcome.Unavailable, reason);
            if (FactsOf(set) is not { } facts) return ElementResult.NoSet;
            List<ElementChange> changes = [.. (replace ? elements.Where(Fits) : elements.TakeWhile(Fits)).Take(MostReplaced)];
            if (changes.Count > ElementTransaction.MostElements && !_socket!.TryGrowBuffer(80 * changes.Count))
                changes.RemoveRange(ElementTransaction.MostElements, changes.Count - ElementTransaction.MostElements);
            count = changes.Count;
            if (count == 0 && !replace) return ElementResult.Done;
            _transaction.Write(changes, _ => facts, _generation, ref _sequence, _canDestroy, replace ? set : null);
            Transactions++;
            Exchange(_transaction.Bytes, _transaction.FirstSequence);
            Forget();
            // Whether it was done or not: each element by itself makes it so.
            if (_replies.IsIncomplete) return new ElementResult(ElementOutcome.Refused, LostReplies);
            if (_replies.Errors.Count == 0) return ElementResult.Done;
            if (!_replies.Errors.Exists(error => error.Errno == ERESTART)) return new ElementResult(ElementOutcome.Refused, _replies.Errors[0].Text);

            bool Fits(ElementChange element) => facts.ObjectionTo(element.Range) is null;
        }

        return new ElementResult(ElementOutcome.Refused, "the ruleset is changed by others without pause");
    }

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    // One transaction; where it fails, the sets with errors are done element by element, so that one bad element never
    // costs the others.
    private void Settle(List<ElementChange> changes)
    {
        for (int attempt = 0; attempt < MostStaleTries; attempt++)
        {
            if (!TryReady(out string reason))
            {
                foreach (ElementChange change in changes) change.Complete(new ElementResult(ElementOutcome.Unavailable, reason));
                return;
            }

            changes = Admit(changes);
            if (changes.Count == 0) return;
            Transact(changes);
            if (_replies.Errors.Count == 0 && !_replies.IsIncomplete)
            {
                _generation = Math.Max(1, _generation + 1); // each transaction takes one; the kernel skips 0
                foreach (ElementChange change in changes) change.Complete(ElementResult.Done);
                return;
            }

            // Facts of a ruleset that just refused something are asked again.
            Forget();
            if (_replies.Errors.Exists(error => error.Errno == ERESTART)) continue;
            if (_canDestroy && HasUnknownDestroy(changes))
            {
                _canDestroy = false;
                continue;
            }

            SettleFailed(changes);
            return;
        }

        foreach (ElementChange change in changes)
            change.Complete(new ElementResult(ElementOutcome.Refused, "the ruleset is changed by others without pause"));
    }

    private void SettleFailed(List<ElementChange> changes)
    {
        uint end = _transaction.FirstSequence + 1 + (uint)_transaction.Messages.Count;
        (uint Sequence, int Errno, string Text) whole =
            _replies.Errors.Find(error => error.Sequence <= _transaction.FirstSequence || error.Sequence >= end);
        if (_replies.IsIncomplete) whole = (0, ENOBUFS, LostReplies);
        if (changes.Count == 1)
        {
            (_, int errno, string text) = whole.Errno != 0 ? whole : _replies.Errors[0];
            changes[0].Complete(Judge(changes[0], errno, text));
            return;
        }

        if (whole.Errno == EMSGSIZE)
        {
            // What is tied together stays together.
            int half = changes.Count / 2;
            while (half < changes.Count && changes[half].IsTied) half++;
            if (half < changes.Count)
            {
                Settle(changes[..half]);
                Settle(changes[half..]);
                return;
            }
        }

        if (whole.Errno == EPERM)
        {
            foreach (ElementChange change in changes) change.Complete(new ElementResult(ElementOutcome.Unavailable, whole.Text));
            return;
        }

        var good = new List<ElementChange>();
        var single = new List<ElementChange>();
        HashSet<uint> failed = [.. _replies.Errors.Select(error => error.Sequence)];
        var mixed = new HashSet<NftSet>(changes.GroupBy(change => change.Set)
            .Where(group => group.Any(change => change.IsAdd) && group.Any(change => !change.IsAdd)).Select(group => group.Key));
        HashSet<NftSet> broken = [.. _transaction.Messages
            .Where((_, index) => failed.Contains(_transaction.FirstSequence + 1 + (uint)index)).Select(message => changes[message.First].Set)];
        for (int i = 0; i < _transaction.Messages.Count; i++)
        {
            (int first, int count) = _transaction.Messages[i];
            NftSet set = changes[first].Set;
            bool isBad = whole.Errno != 0 || failed.Contains(_transaction.FirstSequence + 1 + (uint)i)
                || (broken.Contains(set) && mixed.Contains(set)); // else an add and a delete of one address could change places
            (isBad ? single : good).AddRange(changes.GetRange(first, count));
        }

        if (good.Count > 0) Settle(good);
        foreach (ElementChange change in single) Settle([change]);
    }

    private ElementResult Judge(ElementChange change, int errno, string text)
    {
        if (errno == EPERM) return new ElementResult(ElementOutcome.Unavailable, text);
        if (errno != ENOENT) return new ElementResult(ElementOutcome.Refused, text);
        if (TryReady(out _) && FactsOf(change.Set) is null) return ElementResult.NoSet;
        return change.IsAdd ? new ElementResult(ElementOutcome.Refused, text) : ElementResult.Done; // it was not there
    }

    // Completes what cannot go into a transaction now; the rest can.
    private List<ElementChange> Admit(List<ElementChange> changes)
    {
        var admitted = new List<ElementChange>(changes.Count);
        HashSet<NftSet>? absent = null; // asked for once, not for each element
        foreach (ElementChange change in changes)
        {
            if (absent?.Contains(change.Set) == true || FactsOf(change.Set) is not { } facts)
            {
                (absent ??= []).Add(change.Set);
                change.Complete(ElementResult.NoSet);
                continue;
            }

            string? objection = facts.ObjectionTo(change.Range);
            if (objection is null)
            {
                admitted.Add(change);
                continue;
            }

            change.Complete(new ElementResult(ElementOutcome.Refused, objection));
            _facts.Remove(change.Set); // it may be replaced by a suitable one
        }

        return admitted;
    }

    private void Transact(List<ElementChange> changes)
    {
        _transaction.Write(changes, set => _facts[set], _generation, ref _sequence, _canDestroy);
        Transactions++;
        Exchange(_transaction.Bytes, _transaction.FirstSequence);
    }

    // Before Linux 6.3 the kernel does not know DESTROYSETELEM.
    private bool HasUnknownDestroy(List<ElementChange> changes)
    {
        const int EINVAL = 22;
        const int EOPNOTSUPP = 95;
        return _replies.Errors.Exists(error => error.Errno is EINVAL or EOPNOTSUPP
            && error.Sequence > _transaction.FirstSequence
            && error.Sequence - _transaction.FirstSequence <= (uint)_transaction.Messages.Count
            && !changes[_transaction.Messages[(int)(error.Sequence - _transaction.FirstSequence - 1)].First].IsAdd);
    }

    private NftSetFacts? FactsOf(NftSet set)
    {
        // A set that is not there is asked for each time: nobody tells when it comes.
        if (_facts.TryGetValue(set, out NftSetFacts known)) return known;

        _question.Clear();
        _question.BeginTables(NFT_MSG_GETSET, NetlinkMessage.NLM_F_REQUEST, _sequence, set.Family);
        _question.AddText(NFTA_SET_TABLE, set.Table);
        _question.AddText(NFTA_SET_NAME, set.Name);
        _question.End();
        Exchange(_question.Bytes, _sequence++);
        NftSetFacts? facts = _replies.Errors.Count > 0 || _replies.IsIncomplete || _replies.Attributes.Count == 0
            ? null
            : new NftSetFacts(_replies.Number(NFTA_SET_KEY_TYPE), _replies.Number(NFTA_SET_KEY_LEN), _replies.Number(NFTA_SET_FLAGS));
        if (facts is not null) _facts[set] = facts.Value;
        return facts;
    }

    private bool TryReady(out string reason)
    {
        reason = "";
        if (_generation != 0) return true;
        if (_socket is null)
        {
            _socket = NetfilterSocket.TryOpen(out int error);
            if (_socket is null)
            {
                reason = Marshal.GetPInvokeErrorMessage(error);
                return false;
            }
        }

        _facts.Clear();
        _question.Clear();
        _question.BeginTables(NFT_MSG_GETGEN, NetlinkMessage.NLM_F_REQUEST, _sequence, 0);
        _question.End();
        Exchange(_question.Bytes, _sequence++);
        if (_replies.Errors.Count > 0) reason = _replies.Errors[0].Text;
        _generation = _replies.Errors.Count > 0 ? 0 : _replies.Number(NFTA_GEN_ID);
        return _generation != 0;
    }

    private void Forget()
    {
        _generation = 0;
        _facts.Clear();
    }

    private void Exchange(ReadOnlySpan<byte> messages, uint sequence)
    {
        int error = _socket!.Send(messages);
        _replies.ReadAll(_socket);
        if (error != 0) _replies.Errors.Add((sequence, error, Marshal.GetPInvokeErrorMessage(error)));
    }
}
