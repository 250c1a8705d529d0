using System.Collections.Immutable;
using System.Numerics;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns;

/// <summary>Which digits patterns tell apart.</summary>
/// <remarks>
/// A pattern without back references asks of a character only whether it belongs to a set. Two subjects that differ only in
/// digits which belong to the same sets are therefore matched alike, group by group: <c>\d+</c> takes 17 as it takes 42, while
/// <c>2\d</c> tells 2 from the other digits. Immutable.
/// </remarks>
public sealed class DigitClasses
{
    /// <summary>How many digits there are: <c>0</c> to <c>9</c>.</summary>
    public const int Digits = 10;

    private const int AllDigits = (1 << Digits) - 1;

    // The smallest digit of the class of each.
    private readonly ImmutableArray<byte> _smallest;

    private DigitClasses(ImmutableArray<byte> smallest) => _smallest = smallest;

    /// <summary>All digits are alike.</summary>
    public static DigitClasses One { get; } = new([.. Enumerable.Repeat((byte)0, Digits)]);

    /// <summary>Whether none is told apart from another.</summary>
    public bool AreOne => _smallest.All(digit => digit == 0);

    /// <summary>The smallest digit from which a digit is not told apart.</summary>
    /// <param name="digit">0 to 9.</param>
    public byte SmallestLike(int digit) => _smallest[digit];

    /// <summary>The digits that neither these patterns nor others tell apart.</summary>
    public DigitClasses And(DigitClasses others)
    {
        DigitClasses classes = this;
        foreach (byte smallest in others._smallest) classes = classes.Split(others.MembersLike(smallest));
        return classes;
    }

    /// <summary>The digits that a pattern tells apart.</summary>
    /// <returns>Null where characters are compared with each other: it has a back reference.</returns>
    internal static DigitClasses? Of(PatternTree tree)
    {
        DigitClasses? classes = One;
        Enter(tree.Root, ref classes);
        return classes;
    }

    private static void Enter(Node node, ref DigitClasses? classes)
    {
        switch (node)
        {
            case Literal { CodePoint: >= '0' and <= '9' } literal:
                classes = classes?.Split(1 << (literal.CodePoint - '0'));
                break;
            case CharacterSet set:
                int members = 0;
                foreach (SetItem item in set.Items) members |= Members(item);
                classes = classes?.Split(members);
                break;
            case Sequence sequence:
                foreach (Node item in sequence.Items) Enter(item, ref classes);
                break;
            case Alternation alternation:
                foreach (Node branch in alternation.Branches) Enter(branch, ref classes);
                break;
            case Capture capture:
                Enter(capture.Body, ref classes);
                break;
            case PlainGroup group:
                Enter(group.Body, ref classes);
                break;
            case Atomic atomic:
                Enter(atomic.Body, ref classes);
                break;
            case Look look:
                Enter(look.Body, ref classes);
                break;
            case Repeat repeat:
                Enter(repeat.Body, ref classes);
                break;
            case Conditional conditional:
                Enter(conditional.Yes, ref classes);
                if (conditional.No is not null) Enter(conditional.No, ref classes);
                break;
            case Literal or AnyCharacter or Anchor:
                // All digits are of words.
                break;
            default:
                classes = null;
                break;
        }
    }

    // A bit for each digit that belongs to it. Digits have no cases.
    private static int Members(SetItem item)
    {
        if (item.Kind != ClassKind.Range) return item.Kind is ClassKind.Digit or ClassKind.Word or ClassKind.NotSpace ? AllDigits : 0;
        int members = 0;
        for (int digit = 0; digit < Digits; digit++)
            if ('0' + digit >= item.First && '0' + digit <= item.Last) members |= 1 << digit;
        return members;
    }

    private int MembersLike(byte smallest)
    {
        int members = 0;
        for (int digit = 0; digit < Digits; digit++)
            if (_smallest[digit] == smallest) members |= 1 << digit;
        return members;
    }

    // Tells the members of a set from other digits.
    private DigitClasses Split(int members)
    {
        if (members is 0 or AllDigits) return this;
        Span<byte> smallest = stackalloc byte[Digits];
        for (int digit = 0; digit < Digits; digit++)
        {
            int like = MembersLike(_smallest[digit]);
            smallest[digit] = (byte)BitOperations.TrailingZeroCount((members & (1 << digit)) != 0 ? like & members : like & ~members);
        }

        return new DigitClasses([.. smallest]);
    }
}
