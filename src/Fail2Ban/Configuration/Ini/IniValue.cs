namespace Fail2Ban.Configuration.Ini;

/// <summary>An option's text as written, continuation lines joined by newlines, and where it stands.</summary>
/// <param name="Text">Raw: not interpolated.</param>
/// <param name="File">Path as it was opened.</param>
/// <param name="Line">1-based line of the option's name.</param>
internal sealed record IniValue(string Text, string File, int Line)
{
    /// <summary>1-based numbers of the text's lines, where there are several: comments among them are left out of the text.</summary>
    public IReadOnlyList<int>? Numbers { get; init; }

    public ConfigurationPlace Place => new(File, Line);

    public override string ToString() => $"{File}:{Line}";
}
