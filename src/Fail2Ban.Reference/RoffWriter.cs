using System.Text;
using System.Text.RegularExpressions;
using Fail2Ban.Values;

namespace Fail2Ban.Reference;

/// <summary>Writes a page for man(1), with the macros of man(7).</summary>
internal static partial class RoffWriter
{
    internal static string Write(Page page, int section)
    {
        string manual = section == 5 ? "File Formats" : "User Commands";
        var text = new StringBuilder(".\\\" Made by scripts/reference from the program's own definitions; change those.\n");
        text.Append($".TH {page.Name.ToUpperInvariant()} {section} \"\" \"Fail2Ban.NET {Release.Build}\" \"{manual}\"\n");
        text.Append($".SH NAME\n{Escape(page.Name)} \\- {Inline(page.Summary)}\n");
        foreach (PageSection part in page.Sections)
        {
            text.Append($".SH {Escape(part.Title.ToUpperInvariant())}\n");
            foreach (Block block in part.Blocks) Append(text, block);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Paragraph paragraph:
                text.Append(".PP\n").Append(Line(Inline(paragraph.Text)));
                break;
            case Heading heading:
                text.Append($".SS {Escape(heading.Text)}\n");
                break;
            case Example example:
                text.Append(".PP\n.in +4n\n.nf\n");
                foreach (string line in example.Text.Split('\n')) text.Append(Line(Escape(line)));
                text.Append(".fi\n.in\n");
                break;
            case Entries entries:
                foreach ((string head, string said) in entries.Items) text.Append(".TP\n").Append(Line(Head(head))).Append(Line(Inline(said)));
                break;
            default:
                throw new InvalidOperationException($"no form for {block.GetType().Name}");
        }
    }

    // A line that begins with a dot or a quote would be a request.
    private static string Line(string text) => (text.Length > 0 && text[0] is '.' or '\'' ? "\\&" : "") + text + "\n";

    private static string Head(string head) => "\\fB" + Value().Replace(Escape(head), match => $"\\fI{match.Groups[1].Value}\\fB") + "\\fR";

    private static string Inline(string text) => Code().Replace(Escape(text), "\\fB$1\\fR");

    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);

    [GeneratedRegex("<([^<>]+)>")]
    private static partial Regex Value();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
