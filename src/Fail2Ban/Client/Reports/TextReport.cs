using System.Text.Json;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Reports;

/// <summary>Text in the layouts of the original; hints go to standard error, so that a script that reads answers never meets one.</summary>
internal sealed class TextReport(ClientHost host, bool unicode) : IReport
{
    public void Answer(IReadOnlyList<object?> command, object? answer) =>
        host.Output.WriteLine(host.OutputStyle.Tree(Presentation.Show(command, answer, unicode)));

    public void Refusal(PythonError error) => host.Output.WriteLine(Presentation.ShowError(error));

    public void Tell(string kind, Action<Utf8JsonWriter> result, string text) => host.Output.Write(text);

    public void Fault(string type, string? text = null)
    {
        if (text is not null) host.Output.WriteLine(text);
    }

    public void Hint(string text) => host.Error.WriteLine(host.ErrorStyle.Hint(text));

    public int End(IReadOnlyList<string> command, int code) => code;
}
