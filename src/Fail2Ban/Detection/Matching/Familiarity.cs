namespace Fail2Ban.Detection.Matching;

/// <summary>Whether it is known what the regexes make of a line.</summary>
internal enum Familiarity
{
    /// <summary>It is not, and cannot be remembered.</summary>
    None,

    /// <summary>It is not yet.</summary>
    New,

    /// <summary>It is.</summary>
    Known,
}
