using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>What the regexes made of a line. A view, valid until the next line is asked for.</summary>
internal readonly ref struct KnownLine
{
    /// <summary>The failregex that occurred; -1 for none. No ignoreregex did.</summary>
    public required int FailRegex { get; init; }

    /// <summary>Whether the prefregex occurred.</summary>
    public bool HasPrefix { get; init; }

    /// <summary>Where in the line that stands which the failregexes were tried on.</summary>
    public int TextStart { get; init; }

    /// <summary>Behind that.</summary>
    public int TextEnd { get; init; }

    /// <summary>The groups of the prefregex, in the line; only where a failregex occurred, and not where <see cref="Groups"/> tell all.</summary>
    public GroupSpans Prefix { get; init; }

    /// <summary>The groups of the failregex, in what it was tried on; where only verdicts are wanted, what <see cref="RegexSet.Places"/> says.</summary>
    public GroupSpans Groups { get; init; }
}
