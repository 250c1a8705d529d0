namespace Fail2Ban.Configuration;

/// <summary>Where something stands.</summary>
/// <param name="File">Path as it was opened.</param>
/// <param name="Line">1-based; 0 when the whole file is meant.</param>
public sealed record ConfigurationPlace(string File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => Line > 0 ? $"{File}:{Line}" : File;
}
