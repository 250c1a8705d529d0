using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds out whether a pattern can only match at offset 0.</summary>
internal static class StartAnchor
{
    internal static bool Holds(PatternTree tree) => Holds(tree.Root, tree.GlobalFlags);

    private static bool Holds(Node node, Flags flags) => node switch
    {
        Anchor { Kind: AnchorKind.TextStart } => true,
        Anchor { Kind: AnchorKind.LineStart } => !flags.HasFlag(Flags.MultiLine),
        Sequence sequence => HoldsForFirst(sequence, flags),
        Alternation alternation => alternation.Branches.All(branch => Holds(branch, flags)),
        Capture capture => Holds(capture.Body, flags),
        PlainGroup group => Holds(group.Body, group.Inside(flags)),
        Atomic atomic => Holds(atomic.Body, flags),
        Look { Negative: false, Behind: false } look => Holds(look.Body, flags),
        Repeat { Minimum: > 0 } repeat => Holds(repeat.Body, flags),
        Conditional { No: not null } conditional => Holds(conditional.Yes, flags) && Holds(conditional.No, flags),
        _ => false,
    };

    // What takes no room may stand before the anchor.
    private static bool HoldsForFirst(Sequence sequence, Flags flags)
    {
        foreach (Node item in sequence.Items)
        {
            if (Holds(item, flags)) return true;
            if (item is not (Look or Anchor)) return false;
        }

        return false;
    }
}
