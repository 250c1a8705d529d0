namespace Fail2Ban.Configuration.Ini;

/// <summary>A section: options (lower case) in the order of their first appearance.</summary>
/// <remarks>Owned by the document or file set that builds it; read-only afterwards.</remarks>
internal sealed class IniSection(string name, string file, int line)
{
    public string Name => name;

    public string File => file;

    /// <summary>1-based line of the header.</summary>
    public int Line => line;

    public OrderedDictionary<string, IniValue> Options { get; } = new(StringComparer.Ordinal);
}
