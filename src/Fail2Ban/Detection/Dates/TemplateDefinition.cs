namespace Fail2Ban.Detection.Dates;

/// <summary>What a template searches; shared by all detectors that use it.</summary>
/// <param name="Name">The pattern with its tokens spelled out.</param>
/// <param name="Pattern">The date pattern as written; null where the template is not made of one.</param>
/// <param name="Kind">How its text is read.</param>
/// <param name="Expression">The regex.</param>
/// <param name="BaseWeight">Factor of its weight: 100 for the defaults that stand at the line's begin.</param>
internal sealed record TemplateDefinition(string Name, string? Pattern, TemplateKind Kind, DateExpression Expression, double BaseWeight = 1)
{
    /// <summary>Whether it is one of the defaults.</summary>
    public bool IsDefault { get; init; }

    /// <summary>The sign behind whose first occurrence in a line one of the defaults has to stand, as in <c>^[^\[]*\[({DATE})</c>; null for anything else.</summary>
    public byte? Opener { get; init; }

    /// <summary>Whether a bracket, white space and a quote have to stand behind that date, as in <c>^[^\[]*\[({DATE})\]\s*"</c>.</summary>
    public bool EndsWithQuote { get; init; }

    /// <summary>The group that holds the number of an epoch template inside a longer text.</summary>
    public const string NumberGroup = "_epoch";

    public const string LineBeginPrefix = "{^LN-BEG}";
    public const string UnboundPrefix = "{UNB}";
}
