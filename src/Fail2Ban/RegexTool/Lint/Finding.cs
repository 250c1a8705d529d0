namespace Fail2Ban.RegexTool.Lint;

/// <summary>A fault of one pattern.</summary>
/// <param name="Subject">The pattern.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Reason">One sentence: how that shows.</param>
/// <param name="Remedy">One sentence: what would be right.</param>
/// <param name="Line">A line that shows it; null where none does.</param>
internal sealed record Finding(PatternPlace Subject, FaultKind Kind, string Reason, string Remedy, string? Line = null)
{
    private const int Width = 80;
    private const string Indent = "    ";

    /// <summary>Prints it: a head that editors understand, then the sentences, then the line as it is.</summary>
    public void Print(TextWriter output)
    {
        output.WriteHeading($"{Subject}: {Kind.ToString().ToLowerInvariant()}");
        output.Write('\n');
        foreach (string text in Wrap($"{Reason} {Remedy}")) output.Write($"{Indent}{text}\n");
        if (Line is not null) output.Write($"{Indent}{Line.Replace("\n", "\\n", StringComparison.Ordinal)}\n");
    }

    private static IEnumerable<string> Wrap(string text)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && Indent.Length + line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }
}
