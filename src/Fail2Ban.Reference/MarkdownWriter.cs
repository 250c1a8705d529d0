using System.Text;

namespace Fail2Ban.Reference;

/// <summary>Writes a page in Markdown.</summary>
internal static class MarkdownWriter
{
    internal static string Write(Page page)
    {
        var text = new StringBuilder("<!-- Made by scripts/reference from the program's own definitions; change those. -->\n");
        text.Append($"# {page.Name}\n\n{char.ToUpperInvariant(page.Summary[0])}{page.Summary[1..]}.\n");
        foreach (PageSection part in page.Sections)
        {
            text.Append($"\n## {part.Title}\n");
            foreach (Block block in part.Blocks) Append(text.Append('\n'), block);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Paragraph paragraph:
                text.Append($"{paragraph.Text}\n");
                break;
            case Heading heading:
                text.Append($"### {heading.Text}\n");
                break;
            case Example example:
                text.Append($"```\n{example.Text}\n```\n");
                break;
            case Entries entries:
                text.Append($"| {entries.Kind.Head} | {entries.Kind.Text} |\n| --- | --- |\n");
                foreach ((string head, string said) in entries.Items) text.Append($"| `{Cell(head)}` | {Cell(said)} |\n");
                break;
            default:
                throw new InvalidOperationException($"no form for {block.GetType().Name}");
        }
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
