namespace Fail2Ban.RegexTool;

/// <summary>The first part of the report: what is tested on what. Silent where only failures are to be printed.</summary>
internal sealed class ReportHead(TextWriter output, bool isSilent)
{
    private const int LabelWidth = 17;
    private const int LongestText = 53;
    private const int ListedLines = 5;

    /// <summary>Cuts what is too long for a line of the report.</summary>
    public static string Shorten(string text) => text.Length > LongestText ? text[..(LongestText - 3)] + "..." : text;

    public void Begin()
    {
        if (isSilent) return;
        output.Write("\n");
        output.WriteHeading("Running tests\n=============");
        output.Write("\n\n");
    }

    /// <summary>What comes now is about lines: messages of the log, then the results.</summary>
    public void End() => Write("\n");

    public void Line(string label, string value) => Write($"Use{label.PadLeft(LabelWidth)} : {value}\n");

    public void Text(string label) => Write($"Use{label.PadLeft(LabelWidth + 7)}\n");

    public void RealOptions(string value) => Write($"Real{"filter options".PadLeft(LabelWidth - 1)} : {value}\n");

    public void MultiLine(IReadOnlyList<string> lines)
    {
        Write($"Use      multi line : {lines.Count} line(s)\n"); // one column off the others, as in the original
        for (int i = 0; i < Math.Min(lines.Count, ListedLines); i++) Write($"| {i + 1,2}: {Shorten(lines[i])}\n");
        if (lines.Count > ListedLines) Write("| ...\n");
        Write("`-\n");
    }

    private void Write(string text)
    {
        if (!isSilent) output.Write(text);
    }
}
