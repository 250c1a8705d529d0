using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>Finds out whether a pattern matches whatever line it sees, as a prefregex does that only names parts of the line.</summary>
internal static class WholeLine
{
    /// <summary>Whether it matches every line that has a character, and one line end behind. Errs to <see langword="false"/>.</summary>
    internal static bool IsTakenBy(PatternTree tree)
    {
        // Everything else may stay out of the match, and one piece takes all up to the line end.
        var place = Place.Front;
        return Follow(tree.Root, ref place) && place != Place.Front;
    }

    private enum Place
    {
        // Nothing is taken yet.
        Front,

        // The line is taken, and the subject has only its end left.
        Behind,
    }

    // Whether the piece can be matched from there, and where that leaves the match.
    private static bool Follow(Node node, ref Place place)
    {
        switch (node)
        {
            case Sequence sequence:
                foreach (Node item in sequence.Items)
                    if (!Follow(item, ref place)) return false;
                return true;
            case Capture capture:
                return Follow(capture.Body, ref place);
            case PlainGroup { Add: 0, Remove: 0 } group:
                return Follow(group.Body, ref place);
            case Repeat { Minimum: 0 or 1, Maximum: Repeat.Unbounded, Body: AnyCharacter } when place == Place.Front:
                place = Place.Behind;
                return true;
            case Repeat { Minimum: 0 } repeat:
                // A possessive one would not give back what it has taken.
                return repeat.Mode != RepeatMode.Possessive;
            case Anchor anchor:
                return anchor.Kind switch
                {
                    AnchorKind.LineStart or AnchorKind.TextStart => place == Place.Front,
                    AnchorKind.LineEnd => place == Place.Behind,
                    _ => false,
                };
            default:
                return false;
        }
    }
}
