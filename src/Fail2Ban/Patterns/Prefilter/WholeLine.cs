using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds out whether a pattern matches whatever line it sees, as a prefregex does that only names parts of the line.</summary>
internal static class WholeLine
{
    /// <summary>Whether it matches every line that has a character, and one line end behind. Errs to <see langword="false"/>.</summary>
    internal static bool IsTakenBy(PatternTree tree)
    {
        // Everything else may stay out of the match, and one piece takes all up to the line end.
        bool isTaken = false;
        return Follow(tree.Root, ref isTaken) && isTaken;
    }

    // Whether the piece can be matched where nothing is taken yet, or where the line is taken and only its end is left.
    private static bool Follow(Node node, ref bool isTaken)
    {
        switch (node)
        {
            case Sequence sequence:
                foreach (Node item in sequence.Items)
                    if (!Follow(item, ref isTaken)) return false;
                return true;
            case Capture capture:
                return Follow(capture.Body, ref isTaken);
            case PlainGroup { Add: 0, Remove: 0 } group:
                return Follow(group.Body, ref isTaken);
            case Repeat { Minimum: 0 or 1, Maximum: Repeat.Unbounded, Body: AnyCharacter } when !isTaken:
                isTaken = true;
                return true;
            case Repeat { Minimum: 0 } repeat:
                // A possessive one would not give back what it has taken.
                return repeat.Mode != RepeatMode.Possessive;
            case Anchor anchor:
                return anchor.Kind switch
                {
                    AnchorKind.LineStart or AnchorKind.TextStart => !isTaken,
                    AnchorKind.LineEnd => isTaken,
                    _ => false,
                };
            default:
                return false;
        }
    }
}
