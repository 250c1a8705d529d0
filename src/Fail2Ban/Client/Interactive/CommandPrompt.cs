using Fail2Ban.Client.Reports;
using Fail2Ban.Configuration;
using Fail2Ban.Logging;

namespace Fail2Ban.Client.Interactive;

/// <summary>Option -i: commands from standard input, one a line; at a terminal with history and completion.</summary>
internal sealed class CommandPrompt(ClientHost host, IReport report, Log log, Completer completer)
{
    private const int Failure = 255;
    private const string Prompt = "fail2ban> ";

    /// <param name="run">Does a command and returns its exit code.</param>
    /// <returns>0 after <c>exit</c> or <c>quit</c>; 255 at the end of input.</returns>
    internal int Run(Func<IReadOnlyList<string>, int> run)
    {
        bool isText = report is TextReport;
        if (isText) host.Output.Write($"Fail2Ban v{ClientProgram.Version} reads log file that contains password failure report\nand bans the corresponding IP addresses using firewall rules.\n\n");
        LineEditor? editor = host.IsInteractive ? new LineEditor(host.Output, completer.Line) : null;
        while (true)
        {
            string? input = editor?.Read(host.OutputStyle.Prompt(Prompt), Prompt.Length) ?? (editor is null ? ReadPlainly(isText) : null);
            if (input is null)
            {
                if (isText) host.Output.WriteLine();
                return Failure;
            }

            if (!ShellWords.TrySplit(input, out IReadOnlyList<string> words, out string error))
            {
                log.Wrong(error);
                report.Fault("Usage");
                report.End([input], Failure);
            }
            else if (words is ["exit" or "quit", ..])
            {
                return 0;
            }
            else if (words.Count > 0)
            {
                report.End(words, run(words));
            }
        }
    }

    private string? ReadPlainly(bool isText)
    {
        if (isText) host.Output.Write(Prompt);
        host.Output.Flush();
        return host.Input.ReadLine();
    }
}
