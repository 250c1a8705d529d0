using System.Collections.Immutable;

namespace Fail2Ban.Patterns.Syntax;

/// <summary>Reads the dialect of Python 3.11's <c>re</c> for text patterns, and refuses what Python refuses.</summary>
/// <remarks>One use. Wording and position of errors are Python's where Python gives them.</remarks>
internal sealed partial class PatternParser
{
    // Python ends at its recursion limit; ours is lower and has an answer.
    private const int MaximumDepth = 200;

    private readonly SyntaxReader _reader;
    private readonly GroupTable _groups;
    private Flags _globalFlags;
    private int _depth;

    private PatternParser(string text)
    {
        _reader = new SyntaxReader(text);
        _groups = new GroupTable(_reader);
    }

    /// <exception cref="PatternException">Python refuses the text, or it is beyond what is supported here.</exception>
    internal static PatternTree Parse(string text, bool multiLine)
    {
        var parser = new PatternParser(text) { _globalFlags = multiLine ? Flags.MultiLine : Flags.None };
        return parser.ParseWhole();
    }

    private PatternTree ParseWhole()
    {
        Node root = ParseAlternation(verbose: false, isWhole: true);
        if (!_reader.AtEnd) _reader.Fail("unbalanced parenthesis", _reader.Index);
        _groups.CheckPending();
        if (_globalFlags.HasFlag(Flags.Ascii) && _globalFlags.HasFlag(Flags.Unicode)) _reader.Fail("ASCII and UNICODE flags are incompatible", 0);
        return new PatternTree(root, _globalFlags & ~Flags.Unicode, _groups.Count, _groups.Names);
    }

    private Node ParseAlternation(bool verbose, bool isWhole = false)
    {
        int start = _reader.Index;
        if (++_depth > MaximumDepth) _reader.Fail($"groups are nested more than {MaximumDepth} deep", start);
        var branches = ImmutableArray.CreateBuilder<Node>();
        do
        {
            branches.Add(ParseSequence(verbose, mayHoldGlobalFlags: isWhole && branches.Count == 0));
            if (isWhole) verbose = _globalFlags.HasFlag(Flags.Verbose);
        }
        while (_reader.TryTake('|'));
        _depth--;
        return branches.Count == 1 ? branches[0] : new Alternation(start, branches.DrainToImmutable());
    }

    private Sequence ParseSequence(bool verbose, bool mayHoldGlobalFlags = false)
    {
        int start = _reader.Index;
        var items = ImmutableArray.CreateBuilder<Node>();
        while (_reader.Next is not ("" or "|" or ")"))
        {
            // The x of leading flags counts from here on; nothing but flags and comments can stand before it.
            if (mayHoldGlobalFlags) verbose |= _globalFlags.HasFlag(Flags.Verbose);
            if (verbose && SkipVerbose()) continue;

            int index = _reader.Index;
            string unit = _reader.Take();
            switch (unit)
            {
                case ['\\', ..]: items.Add(ParseEscape(unit, index)); break;
                case "[": items.Add(ParseSet(index)); break;
                case ".": items.Add(new AnyCharacter(index)); break;
                case "^": items.Add(new Anchor(index, AnchorKind.LineStart)); break;
                case "$": items.Add(new Anchor(index, AnchorKind.LineEnd)); break;
                case "*" or "+" or "?" or "{": ParseQuantifier(unit[0], index, items); break;
                case "(":
                    if (ParseGroup(index, verbose, mayHoldGlobalFlags && items.Count == 0) is { } group) items.Add(group);
                    break;
                default: items.Add(new Literal(index, CodePoint(unit, 0))); break;
            }
        }

        return new Sequence(start, items.DrainToImmutable());
    }

    private bool SkipVerbose()
    {
        if (_reader.Next is " " or "\t" or "\n" or "\r" or "\v" or "\f")
        {
            _reader.Take();
            return true;
        }

        if (!_reader.TryTake('#')) return false;
        while (!_reader.AtEnd && _reader.Take() != "\n") { }
        return true;
    }

    private void ParseQuantifier(char sign, int index, ImmutableArray<Node>.Builder items)
    {
        (long minimum, long maximum) = sign switch { '?' => (0, 1), '*' => (0, Repeat.Unbounded), '+' => (1, Repeat.Unbounded), _ => (-1, -1) };
        if (sign == '{' && !TryParseBounds(out minimum, out maximum))
        {
            items.Add(new Literal(index, '{'));
            return;
        }

        if (items.Count == 0 || items[^1] is Anchor) _reader.Fail("nothing to repeat", index);
        if (items[^1] is Repeat) _reader.Fail("multiple repeat", index);
        RepeatMode mode = _reader.TryTake('?') ? RepeatMode.Lazy : _reader.TryTake('+') ? RepeatMode.Possessive : RepeatMode.Greedy;
        items[^1] = new Repeat(items[^1].Index, minimum, maximum, mode, items[^1]);
    }

    // After "{": what does not form bounds leaves the brace a literal, and is read again.
    private bool TryParseBounds(out long minimum, out long maximum)
    {
        int after = _reader.Index;
        (minimum, maximum) = (0, Repeat.Unbounded);
        if (_reader.Next == "}") return false;
        string low = _reader.TakeWhile(int.MaxValue, char.IsAsciiDigit);
        string high = _reader.TryTake(',') ? _reader.TakeWhile(int.MaxValue, char.IsAsciiDigit) : low;
        if (!_reader.TryTake('}'))
        {
            _reader.MoveTo(after);
            return false;
        }

        if (low.Length > 0) minimum = Bound(low, after);
        if (high.Length > 0) maximum = Bound(high, after);
        if (maximum < minimum) _reader.Fail("min repeat greater than max repeat", after);
        return true;
    }

    private long Bound(string digits, int index)
    {
        if (!long.TryParse(digits, out long bound) || bound >= Repeat.Unbounded) _reader.Fail("the repetition number is too large", index);
        return bound;
    }

    private static int CodePoint(string unit, int index) => char.IsSurrogatePair(unit, index) ? char.ConvertToUtf32(unit, index) : unit[index];
}
