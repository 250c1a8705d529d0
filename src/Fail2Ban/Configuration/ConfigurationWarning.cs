namespace Fail2Ban.Configuration;

/// <summary>A likely mistake that the original does not report; never changes the result.</summary>
/// <param name="File">Path as read.</param>
/// <param name="Line">1-based; 0 when the whole file is meant.</param>
/// <param name="Message">One sentence that names the option and what would be right.</param>
public sealed record ConfigurationWarning(string File, int Line, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {Message}" : $"{File}: {Message}";
}
