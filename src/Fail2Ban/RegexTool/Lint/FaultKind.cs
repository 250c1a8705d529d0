namespace Fail2Ban.RegexTool.Lint;

/// <summary>What can be wrong with a pattern of a filter.</summary>
internal enum FaultKind
{
    /// <summary>Neither end of the line is fixed, so the host may be found anywhere in it.</summary>
    Open,

    /// <summary>A text of the attacker's choice has another host found.</summary>
    Forgeable,

    /// <summary>Some text makes the search long.</summary>
    Slow,

    /// <summary>No comment of the file is a line for it.</summary>
    Unsampled,

    /// <summary>A pattern before it takes all its lines.</summary>
    Shadowed,

    /// <summary>The prefregex lets no such line through.</summary>
    Excluded,
}
