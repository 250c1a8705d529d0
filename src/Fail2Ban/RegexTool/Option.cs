namespace Fail2Ban.RegexTool;

/// <summary>One option of the command line; help is printed from these.</summary>
/// <param name="Names">Short ones with one dash, long ones with two; errors name the first short one.</param>
/// <param name="Value">What the help calls the value; null for a switch.</param>
/// <param name="Help">One line of help.</param>
/// <param name="Apply">Stores it; returns false where the value is not of the right kind.</param>
internal sealed record Option(string[] Names, string? Value, string Help, Func<RegexToolOptions, string, bool> Apply);
