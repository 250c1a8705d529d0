using System.Text;
using Fail2Ban.Client.Commands;

namespace Fail2Ban.Client;

/// <summary>Lays out the help: a head, and its explanation in a column beside or below it.</summary>
internal static class HelpText
{
    private const int Columns = 80;

    internal static void AppendEntry(StringBuilder text, string head, string help, int column)
    {
        text.Append(head);
        int at = head.Length;
        if (at + 1 > column)
        {
            text.Append('\n');
            at = 0;
        }

        text.Append(' ', column - at);
        at = column;
        foreach (string word in help.Split(' '))
        {
            if (at + word.Length >= Columns)
            {
                text.Append('\n').Append(' ', column);
                at = column;
            }

            if (at > column)
            {
                text.Append(' ');
                at++;
            }

            text.Append(word);
            at += word.Length;
        }

        text.Append('\n');
    }

    internal static string Usage(string program)
    {
        var text = new StringBuilder($"Usage: {program} [OPTIONS]{(program == "fail2ban-server" ? "" : " <COMMAND>")}\n\n");
        text.Append($"Fail2Ban v{ClientProgram.Version} reads log file that contains password failure report\n");
        text.Append("and bans the corresponding IP addresses using firewall rules.\n\n");
        text.Append(OptionTable.Help());
        if (program != "fail2ban-server") text.Append('\n').Append(CommandTable.Help());
        return text.ToString();
    }
}
