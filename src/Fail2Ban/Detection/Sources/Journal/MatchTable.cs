using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fail2Ban.Native.Journal;

namespace Fail2Ban.Detection.Sources.Journal;

/// <summary>Decides for each entry of a shared view which of its followers want it, by the journal's own rules.</summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class MatchTable
{
    private readonly Dictionary<byte[], int> _terms = new(new BytesComparer());
    private readonly Dictionary<byte[], int>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly List<bool> _present = [];
    private int _longest;

    internal MatchTable() => _lookup = _terms.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>How many different words there are.</summary>
    internal int Count => _present.Count;

    internal WantedEntries Add(IReadOnlyList<IReadOnlyList<string>> matches) =>
        new([.. matches.Select(group => group.GroupBy(word => word[..word.IndexOf('=', StringComparison.Ordinal)]).Select(words => words.Select(Term).ToArray()).ToArray())]);

    internal void BeginEntry()
    {
        for (int i = 0; i < _present.Count; i++) _present[i] = false;
    }

    /// <summary>Notes a field of the entry.</summary>
    internal void See(ReadOnlySpan<byte> field)
    {
        if (field.Length <= _longest && _lookup.TryGetValue(field, out int term)) _present[term] = true;
    }

    internal bool Wants(WantedEntries wanted)
    {
        if (wanted.Groups.Length == 0) return true;
        foreach (int[][] group in wanted.Groups)
            if (HasAll(group)) return true;
        return false;
    }

    /// <summary>Tells a reader what is wanted.</summary>
    internal static void Apply(IReadOnlyList<IReadOnlyList<string>> matches, JournalReader reader)
    {
        foreach (IReadOnlyList<string> group in matches)
        {
            foreach (string word in group) reader.AddMatch(Encoding.UTF8.GetBytes(word));
            reader.AddDisjunction();
        }
    }

    private bool HasAll(int[][] group)
    {
        foreach (int[] alternatives in group)
        {
            bool any = false;
            foreach (int term in alternatives) any |= _present[term];
            if (!any) return false;
        }

        return true;
    }

    private int Term(string word)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(word);
        if (_terms.TryGetValue(bytes, out int known)) return known;
        _terms.Add(bytes, _present.Count);
        _present.Add(false);
        _longest = Math.Max(_longest, bytes.Length);
        return _present.Count - 1;
    }

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
