using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds out whether a pattern can only match up to the end of its subject.</summary>
internal static class EndAnchor
{
    internal static bool Holds(PatternTree tree) => Holds(tree.Root, tree.GlobalFlags);

    private static bool Holds(Node node, Flags flags) => node switch
    {
        Anchor { Kind: AnchorKind.TextEnd } => true,
        Anchor { Kind: AnchorKind.LineEnd } => !flags.HasFlag(Flags.MultiLine),
        Sequence sequence => HoldsForLast(sequence, flags),
        Alternation alternation => alternation.Branches.All(branch => Holds(branch, flags)),
        Capture capture => Holds(capture.Body, flags),
        PlainGroup group => Holds(group.Body, group.Inside(flags)),
        Atomic atomic => Holds(atomic.Body, flags),
        Look { Negative: false, Behind: false } look => Holds(look.Body, flags),
        Repeat { Minimum: > 0 } repeat => Holds(repeat.Body, flags),
        Conditional { No: not null } conditional => Holds(conditional.Yes, flags) && Holds(conditional.No, flags),
        _ => false,
    };

    // What takes no room may stand behind the anchor.
    private static bool HoldsForLast(Sequence sequence, Flags flags)
    {
        foreach (Node item in sequence.Items.Reverse())
        {
            if (Holds(item, flags)) return true;
            if (item is not (Look or Anchor)) return false;
        }

        return false;
    }
}
