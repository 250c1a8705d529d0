namespace Fail2Ban.Detection.Dates;

/// <summary>One template of a detector with how often it was right; for reports.</summary>
/// <param name="Name">The pattern with its tokens spelled out, as <c>fail2ban-regex</c> prints it.</param>
/// <param name="Hits">Lines whose date was taken by this template.</param>
/// <param name="Weight">Hits × base weight / distance from the line's start: what the order goes by.</param>
/// <param name="BaseWeight">100 for the defaults that stand at a line's begin, otherwise 1.</param>
/// <param name="Pattern">The date pattern; null for the templates that are not one (Epoch, TAI64N).</param>
/// <param name="Regex">The regex that is searched, in Python's dialect.</param>
public sealed record DateTemplateHits(string Name, long Hits, double Weight, double BaseWeight, string? Pattern, string Regex);
