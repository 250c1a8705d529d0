namespace Fail2Ban.Patterns.Syntax;

internal sealed partial class PatternParser
{
    private const Flags KindFlags = Flags.Ascii | Flags.Unicode;

    // "(?" and the first letter or "-" are taken.
    private PlainGroup? ParseFlagGroup(int index, char first, bool verbose, bool mayBeGlobal)
    {
        (Flags add, string end) = first == '-' ? (Flags.None, "-") : ParseAddedFlags(first);
        if (end == ")")
        {
            if (!mayBeGlobal) _reader.Fail("global flags not at the start of the expression", index);
            _globalFlags |= add;
            return null;
        }

        Flags remove = end == "-" ? ParseRemovedFlags() : Flags.None;
        if ((add & remove) != 0) _reader.Fail("bad inline flags: flag turned on and off", _reader.Index - 1);
        bool inner = (verbose || add.HasFlag(Flags.Verbose)) && !remove.HasFlag(Flags.Verbose);
        return new PlainGroup(index, add, remove, ParseBody(index, inner));
    }

    private (Flags Flags, string End) ParseAddedFlags(char letter)
    {
        Flags added = Flags.None;
        while (true)
        {
            if (letter == 'L') _reader.Fail("bad inline flags: cannot use 'L' flag with a str pattern", _reader.Index);
            added |= FlagOf(letter);
            if ((added & KindFlags) == KindFlags) _reader.Fail("bad inline flags: flags 'a', 'u' and 'L' are incompatible", _reader.Index);
            string unit = TakeFlagUnit("missing -, : or )");
            if (unit is ")" or "-" or ":") return (added, unit);
            letter = FlagLetter(unit, "missing -, : or )");
        }
    }

    private Flags ParseRemovedFlags()
    {
        Flags removed = Flags.None;
        char letter = FlagLetter(TakeFlagUnit("missing flag"), "missing flag");
        while (true)
        {
            if (letter is 'a' or 'u' or 'L') _reader.Fail("bad inline flags: cannot turn off flags 'a', 'u' and 'L'", _reader.Index);
            removed |= FlagOf(letter);
            string unit = TakeFlagUnit("missing :");
            if (unit == ":") return removed;
            letter = FlagLetter(unit, "missing :");
        }
    }

    private string TakeFlagUnit(string missing)
    {
        string unit = _reader.Take();
        if (unit.Length == 0) _reader.Fail(missing, _reader.Index);
        return unit;
    }

    private char FlagLetter(string unit, string otherwise)
    {
        if (unit is "a" or "i" or "L" or "m" or "s" or "u" or "x") return unit[0];
        throw _reader.Error(char.IsLetter(unit, 0) ? "unknown flag" : otherwise, _reader.Index - unit.Length);
    }

    private static Flags FlagOf(char letter) => letter switch
    {
        'a' => Flags.Ascii,
        'i' => Flags.IgnoreCase,
        'm' => Flags.MultiLine,
        's' => Flags.DotAll,
        'u' => Flags.Unicode,
        'x' => Flags.Verbose,
        _ => Flags.None,
    };
}
