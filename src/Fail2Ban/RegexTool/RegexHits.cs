namespace Fail2Ban.RegexTool;

/// <summary>How often a regex of the filter occurred, and for whom.</summary>
/// <param name="text">As the user wrote it.</param>
/// <param name="expanded">With its tags expanded.</param>
internal sealed class RegexHits(string text, string expanded)
{
    private readonly List<(string Id, DateTimeOffset? Time, bool IsMultiple)> _occurrences = [];

    public string Text => text;

    public string Expanded => expanded;

    public long Count { get; private set; }

    public void Add() => Count++;

    /// <summary>Remembers an occurrence for the verbose report.</summary>
    public void Remember(string id, DateTimeOffset? time, bool isMultiple) => _occurrences.Add((id, time, isMultiple));

    public void Print(TextWriter output, int number, TimeProvider clock)
    {
        output.Write($"|  {number,2}) [{Count}] {text}\n");
        foreach ((string id, DateTimeOffset? time, bool isMultiple) in _occurrences)
        {
            DateTimeOffset local = TimeZoneInfo.ConvertTime(time ?? clock.GetUtcNow(), clock.LocalTimeZone);
            output.Write($"|      {id}  {local:ddd MMM dd HH:mm:ss yyyy}{(isMultiple ? " (multiple regex matched)" : "")}\n");
        }
    }
}
