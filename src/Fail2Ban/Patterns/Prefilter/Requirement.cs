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

        // Arrays, since each look at a Memory asks what is behind it.
        private readonly (byte[] Text, bool IgnoreCase)[] _texts = [.. literals.Select(literal => (literal.Text.ToArray(), literal.IgnoreCase))];
        public readonly bool AsciiSubjectsOnly = literals.Any(literal => literal.AsciiSubjectsOnly);

        public bool BeginsIn(ReadOnlySpan<byte> text)
        {
            foreach ((byte[] head, bool ignoreCase) in _texts)
            {
                if (text.Length < head.Length) continue;
                if (ignoreCase ? RequiredLiteral.EqualsLower(text[..head.Length], head) : text.StartsWith(head)) return true;
            }

            return false;
        }

        public bool OccursIn(ReadOnlySpan<byte> text)
        {
            foreach ((byte[] sought, bool ignoreCase) in _texts)
            {
                if (ignoreCase ? FindLower(text, sought) : text.IndexOf(sought) >= 0) return true;
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
}
