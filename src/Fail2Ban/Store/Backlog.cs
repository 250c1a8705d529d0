namespace Fail2Ban.Store;

// A disk may be full for a weekend. Positions in logs come every few seconds, bans and unbans as attackers and
// administrators like. Bans in force are known elsewhere and can be stored again; a deletion is known to nobody else, and
// one that is lost brings a ban back at the next start. So deletions are never lost, and may not grow without end either.

/// <summary>Makes what waits to be written small without losing anything that counts.</summary>
internal static class Backlog
{
    /// <summary>
    /// Drops what later changes make void, and gathers the deletions of each jail in one. Of a jail with more of them than
    /// wanted all rows are deleted instead.
    /// </summary>
    /// <param name="changes">Oldest first.</param>
    /// <param name="mostIds">How many deleted ids of one jail are remembered one by one.</param>
    /// <returns>Whether there is such a jail: the rows of its bans in force have to be stored again.</returns>
    public static bool Compact(LinkedList<StoreChange> changes, int mostIds)
    {
        bool isWidened = false;
        var newer = new HashSet<object>();
        var deleted = new Dictionary<string, HashSet<string>>();
        for (LinkedListNode<StoreChange>? node = changes.Last, before; node is not null; node = before)
        {
            before = node.Previous;
            StoreChange change = node.Value;
            if (change.DependsOnRows) PutBehind(node);
            bool isVoid = change.Subject is { } subject && !newer.Add(subject);
            if (change.Jail is { } jail)
            {
                bool isKnown = deleted.TryGetValue(jail, out HashSet<string>? ids);
                if (change.Deleted is { } more)
                {
                    if (!isKnown) deleted[jail] = [.. more];
                    else if (ids!.Count > 0 && more.Count > 0) ids.UnionWith(more);
                    else ids.Clear();
                    isVoid = true;
                }
                else if (isKnown && change.Added is { } ban) isVoid = ids!.Count == 0 || ids.Contains(ban.Ticket.Id.ToString());
            }

            if (isVoid) changes.Remove(node);
        }

        // No ban of theirs is left before them: they may come first.
        PutBehind(null);
        return isWidened;

        void PutBehind(LinkedListNode<StoreChange>? node)
        {
            foreach ((string jail, HashSet<string> ids) in deleted)
            {
                if (ids.Count > mostIds)
                {
                    ids.Clear();
                    isWidened = true;
                }

                StoreChange deletion = Deletion(jail, ids);
                if (node is null) changes.AddFirst(deletion);
                else changes.AddAfter(node, deletion);
            }

            deleted.Clear();
        }
    }

    /// <summary>The deletion of rows.</summary>
    /// <param name="jail">Of which jail.</param>
    /// <param name="ids">Of which ids; none: of all.</param>
    public static StoreChange Deletion(string jail, IReadOnlyCollection<string> ids) =>
        new(writes => writes.DeleteBans(jail, ids)) { Jail = jail, Deleted = ids };

    /// <summary>Drops the oldest bans until no more changes than wanted are left, or no ban.</summary>
    /// <returns>How many were dropped.</returns>
    public static long DropBans(LinkedList<StoreChange> changes, int most)
    {
        long dropped = 0;
        for (LinkedListNode<StoreChange>? node = changes.First, next; node is not null && changes.Count > most; node = next)
        {
            next = node.Next;
            if (node.Value.Added is null) continue;
            changes.Remove(node);
            dropped++;
        }

        return dropped;
    }
}
