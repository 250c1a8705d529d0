using System.Buffers.Binary;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>What a text must have for a pattern to match it.</summary>
internal sealed class Requirement
{
    private readonly int _minimalLength;
    private readonly LiteralSet? _heads;
    private readonly LiteralSet? _required;

    // Whatever begins with one of the heads has one of the required texts.
    private readonly bool _headsWillDo;

    public Requirement(PatternFacts facts)
    {
        _minimalLength = facts.MinimalLength;
        if (facts.AnchoredAtStart && facts.Heads.Count > 0) _heads = new LiteralSet(facts.Heads);
        if (facts.RequiredLiterals.Count == 0) return;
        _required = new LiteralSet(facts.RequiredLiterals);
        _headsWillDo = _heads is not null && facts.Heads.All(head => facts.RequiredLiterals.Any(required => Has(head, required)));
    }

    /// <summary>The bytes with one of which a text begins that the pattern matches; null where it may begin with any, or be empty.</summary>
    /// <param name="isAscii">Whether the text is ASCII.</param>
    public IReadOnlyList<byte>? FirstBytes(bool isAscii)
    {
        if (_heads is null || (!isAscii && _heads.AsciiSubjectsOnly)) return null;
        var bytes = new List<byte>();
        foreach (RequiredLiteral head in _heads.Literals)
        {
            byte first = head.Text.Span[0];
            bytes.Add(first);
            if (head.IgnoreCase && char.IsAsciiLetterLower((char)first)) bytes.Add((byte)(first ^ 0x20));
        }

        return bytes;
    }

    public bool Allows(ReadOnlySpan<byte> text, bool isAscii)
    {
        if (text.Length < _minimalLength) return false;
        if (_heads is { } heads && (isAscii || !heads.AsciiSubjectsOnly))
        {
            if (!heads.BeginsIn(text)) return false;
            if (_headsWillDo) return true;
        }

        return _required is not { } required || (!isAscii && required.AsciiSubjectsOnly) || required.OccursIn(text);
    }

    private static bool Has(RequiredLiteral head, RequiredLiteral required) =>
        head.IgnoreCase == required.IgnoreCase && head.Text.Span.IndexOf(required.Text.Span) >= 0;

    private sealed class LiteralSet(IReadOnlyList<RequiredLiteral> literals)
    {
        public readonly RequiredLiteral[] Literals = [.. literals];

        private readonly Sought[] _texts = [.. literals.Select(literal => new Sought(literal))];
        public readonly bool AsciiSubjectsOnly = literals.Any(literal => literal.AsciiSubjectsOnly);

        public bool BeginsIn(ReadOnlySpan<byte> text)
        {
            bool isLong = text.Length >= sizeof(ulong);
            ulong first = isLong ? BinaryPrimitives.ReadUInt64LittleEndian(text) : 0;
            foreach (ref readonly Sought head in _texts.AsSpan())
            {
                if (isLong && (first & head.Mask) != head.Key) continue;
                if (isLong && head.IsKey) return true;
                if (text.Length < head.Text.Length) continue;
                if (head.IgnoreCase ? RequiredLiteral.EqualsLower(text[..head.Text.Length], head.Text) : text.StartsWith(head.Text)) return true;
            }

            return false;
        }

        public bool OccursIn(ReadOnlySpan<byte> text)
        {
            foreach (ref readonly Sought sought in _texts.AsSpan())
            {
                if (sought.IgnoreCase ? FindLower(text, sought.Text) : text.IndexOf(sought.Text) >= 0) return true;
            }

            return false;
        }

        private static bool FindLower(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower)
        {
            byte small = lower[0];
            byte large = small is >= (byte)'a' and <= (byte)'z' ? (byte)(small ^ 0x20) : small;
            while (text.Length >= lower.Length)
            {
                int at = text[..(text.Length - lower.Length + 1)].IndexOfAny(small, large);
                if (at < 0) return false;
                if (RequiredLiteral.EqualsLower(text.Slice(at, lower.Length), lower)) return true;
                text = text[(at + 1)..];
            }

            return false;
        }
    }

    // An array, since each look at a Memory asks what is behind it; and of its first eight bytes what has to be so, which are
    // all of it where IsKey.
    private readonly struct Sought
    {
        public readonly byte[] Text;
        public readonly ulong Key, Mask;
        public readonly bool IgnoreCase, IsKey;

        public Sought(RequiredLiteral literal)
        {
            Text = literal.Text.ToArray();
            IgnoreCase = literal.IgnoreCase;
            (Key, Mask) = LiteralKey.Of(Text, IgnoreCase);
            IsKey = !IgnoreCase && Text.Length <= sizeof(ulong);
        }
    }
}
