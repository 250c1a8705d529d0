using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>What the failregexes are tried on. A view, valid as long as the line it was made from.</summary>
internal readonly ref struct FailRegexSubject
{
    /// <summary>The line without its date, as the prefregex saw it.</summary>
    public required ReadOnlySpan<byte> Whole { get; init; }

    /// <summary>The groups of the prefregex; none where there is no prefregex.</summary>
    public required GroupSpans Prefix { get; init; }

    /// <summary>What the prefregex left of the line, which is what failregexes see.</summary>
    public required ReadOnlySpan<byte> Text { get; init; }

    /// <summary>Whether every byte of <see cref="Text"/> is below 0x80.</summary>
    public bool IsAscii { get; init; }

    /// <summary>The first failregex that is worth trying; -1 for none. It and the one before matter to whoever tries them.</summary>
    public int First { get; init; }

    /// <summary>The same with another text, as the lines change that a regex over several of them sees.</summary>
    public FailRegexSubject On(ReadOnlySpan<byte> text) => new() { Whole = Whole, Prefix = Prefix, Text = text, IsAscii = IsAscii, First = First };
}
