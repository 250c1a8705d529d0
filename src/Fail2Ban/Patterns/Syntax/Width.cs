namespace Fail2Ban.Patterns.Syntax;

/// <summary>How many characters a piece can take, as Python reckons it for look-behind.</summary>
internal readonly record struct Width(long Least, long Most)
{
    internal static readonly Width Zero = new(0, 0);
    internal static readonly Width One = new(1, 1);
    internal static readonly Width Any = new(0, Repeat.Unbounded);

    internal static Width Of(Node node, GroupTable groups) => node switch
    {
        Literal or AnyCharacter or CharacterSet => One,
        Sequence sequence => Sum(sequence, groups),
        Alternation alternation => Cover(alternation.Branches.Select(branch => Of(branch, groups))),
        Capture capture => groups.WidthOf(capture.Number),
        PlainGroup group => Of(group.Body, groups),
        Atomic atomic => Of(atomic.Body, groups),
        Repeat repeat => Of(repeat.Body, groups).Times(repeat.Minimum, repeat.Maximum),
        BackReference reference => groups.WidthOf(reference.Number),
        Conditional conditional => Cover([Of(conditional.Yes, groups), conditional.No is null ? Zero : Of(conditional.No, groups)]),
        _ => Zero,
    };

    private static Width Sum(Sequence sequence, GroupTable groups)
    {
        long least = 0, most = 0;
        foreach (Node item in sequence.Items)
        {
            Width width = Of(item, groups);
            least += width.Least;
            most += width.Most;
        }

        return Limited(least, most);
    }

    private static Width Cover(IEnumerable<Width> widths)
    {
        (long least, long most) = (long.MaxValue, 0);
        foreach (Width width in widths) (least, most) = (Math.Min(least, width.Least), Math.Max(most, width.Most));
        return new Width(least, most);
    }

    private Width Times(long minimum, long maximum) => Limited((Int128)Least * minimum, (Int128)Most * maximum);

    // Python's bounds, so that what it calls fixed is fixed here.
    private static Width Limited(Int128 least, Int128 most) =>
        new((long)Int128.Min(least, Repeat.Unbounded - 1), (long)Int128.Min(most, Repeat.Unbounded));
}
