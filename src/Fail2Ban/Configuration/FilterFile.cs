namespace Fail2Ban.Configuration;

/// <summary>A filter with what it was made of.</summary>
/// <param name="Definition">What it says.</param>
/// <param name="Parameters">As in a jail's brackets, <c>mode=ddos</c>; empty where there are none.</param>
/// <param name="Files">All files that it was read from, in order.</param>
/// <param name="Locate">Option and value → where the value stands; null where that is not known.</param>
/// <param name="Forms">
/// The same with other values of the parameters that choose among options by name (<c>&lt;mode-&lt;mode&gt;&gt;</c>): what names
/// each of them, as <c>NAME[mode=ddos]</c>.
/// </param>
internal sealed record FilterFile(
    FilterDefinition Definition,
    string Parameters,
    IReadOnlyList<string> Files,
    Func<string, string, ConfigurationPlace?> Locate,
    IReadOnlyList<string> Forms);
