namespace Fail2Ban.Configuration;

/// <summary>How a text given to the regex tool was understood.</summary>
public enum FilterSource
{
    /// <summary>No jail or filter file of that name: the text is a regex.</summary>
    NotFound,

    /// <summary>A jail, with its overrides.</summary>
    Jail,

    /// <summary>A filter file.</summary>
    File,

    /// <summary>It names a filter but cannot be used; <see cref="FilterReading.Error"/> says why.</summary>
    Error,
}

/// <summary>A filter read for its own sake.</summary>
/// <param name="Source">What the text named.</param>
/// <param name="Error">What is wrong, else null.</param>
/// <param name="Name">Jail or filter name without parameters and suffix.</param>
/// <param name="BaseDirectory">Directory the filter file was read below.</param>
/// <param name="Parameters">The parameters of the text, in order.</param>
/// <param name="Filter">The filter unless not found or wrong.</param>
public sealed record FilterReading(
    FilterSource Source,
    string? Error,
    string Name,
    string BaseDirectory,
    IReadOnlyList<KeyValuePair<string, string>> Parameters,
    FilterDefinition? Filter);
