namespace Fail2Ban.Patterns.Translation;

/// <summary>Where Python's IGNORECASE takes more for equal than PCRE2's caseless matching, found by comparing all code points.</summary>
internal static class CaseFolding
{
    /// <summary>Signs beyond ASCII that equal an ASCII letter: long s, KELVIN SIGN, and the Turkish i with its dot and without.</summary>
    internal static readonly (int Sign, char Letter)[] SignsOfAsciiLetters = [(0x17F, 's'), (0x212A, 'k'), (0x130, 'i'), (0x131, 'i')];

    private static readonly int[][] BeyondPcre2 =
    [
        ['i', 'I', 0x130, 0x131],
        [0x390, 0x1FD3],
        [0x3B0, 0x1FE3],
        [0xFB05, 0xFB06],
    ];

    /// <summary>What equals some member of a range in Python but not in PCRE2, members of the range included.</summary>
    internal static IEnumerable<int> Additions(int first, int last) =>
        BeyondPcre2.Where(set => set.Any(member => first <= member && member <= last)).SelectMany(set => set);
}
