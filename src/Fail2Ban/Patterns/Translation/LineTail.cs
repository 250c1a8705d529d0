using System.Collections.Immutable;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Translation;

/// <summary>The end of a pattern that takes the rest of a line, as <c>.+$</c>.</summary>
/// <remarks>
/// In a subject with no line end but one at its very end, the rest of the line is all but that: the machine code need not
/// look at each character for the end of the line, which is a third of what a prefregex costs.
/// </remarks>
/// <param name="Rest">Takes characters as long as there are any.</param>
/// <param name="End">The <c>$</c> behind it.</param>
internal sealed record LineTail(Repeat Rest, Anchor End)
{
    /// <returns>Null where the pattern ends otherwise.</returns>
    internal static LineTail? Of(PatternTree tree)
    {
        Flags flags = tree.GlobalFlags;
        if (flags.HasFlag(Flags.DotAll) || tree.Root is not Sequence { Items: [.. var items, Anchor { Kind: AnchorKind.LineEnd } end] }) return null;

        // Behind the last line end there is nothing to take, which is no failure where nothing has to be taken.
        bool isInLine = false;
        while (items is [.., var last])
        {
            if (items.Length > 1) isInLine = IsInLine(items[^2], flags);
            switch (last)
            {
                case Repeat { Minimum: 0 or 1, Maximum: Repeat.Unbounded, Mode: RepeatMode.Greedy, Body: AnyCharacter } rest:
                    return rest.Minimum == 1 || isInLine ? new LineTail(rest, end) : null;
                case Capture { Body: var body }: items = Items(body); break;
                case PlainGroup { Add: 0, Remove: 0, Body: var body }: items = Items(body); break;
                default: return null;
            }
        }

        return null;
    }

    private static ImmutableArray<Node> Items(Node body) => body is Sequence sequence ? sequence.Items : [body];

    // Whether the piece takes one character, which is no line end.
    private static bool IsInLine(Node node, Flags flags) => node switch
    {
        Literal literal => literal.CodePoint != '\n',
        AnyCharacter => true,
        CharacterSet set => (AsciiSets.Of(set, flags) & (UInt128.One << '\n')) == 0,
        _ => false,
    };
}
