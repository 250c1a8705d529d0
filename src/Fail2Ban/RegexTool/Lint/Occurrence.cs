namespace Fail2Ban.RegexTool.Lint;

/// <summary>A failregex occurs in a text.</summary>
/// <param name="Regex">Its index, from 0.</param>
/// <param name="Host">Whom it names; null where that is left to other lines.</param>
/// <param name="Start">Where that name stands in the text, in bytes; -1 where it stands nowhere as it is.</param>
/// <param name="Users">Where user names stand.</param>
internal readonly record struct Occurrence(int Regex, string? Host, int Start, IReadOnlyList<(int Start, int End)> Users);
