using System.Text.Json;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Reports;

/// <summary>Where a run tells what came of a command: as text for people, or as JSON for programs.</summary>
/// <remarks>Sentences of the log go another way (<see cref="Logging.Log"/>). Thread safety: one command at a time.</remarks>
internal interface IReport
{
    /// <summary>The server has done a command.</summary>
    void Answer(IReadOnlyList<object?> command, object? answer);

    /// <summary>The server has refused a command.</summary>
    void Refusal(PythonError error);

    /// <summary>Something that needed no server.</summary>
    /// <param name="kind">What the JSON calls it; docs/json.md.</param>
    /// <param name="result">Writes the JSON value.</param>
    /// <param name="text">What people get, with its line ends.</param>
    void Tell(string kind, Action<Utf8JsonWriter> result, string text);

    /// <summary>What kind of failure the log's last error is; docs/json.md lists them.</summary>
    /// <param name="type">For programs.</param>
    /// <param name="text">What goes to standard output for people; null for nothing.</param>
    void Fault(string type, string? text = null);

    /// <summary>What to do about a failure.</summary>
    void Hint(string text);

    /// <summary>The command is over.</summary>
    /// <param name="command">As typed.</param>
    /// <param name="code">Its exit code.</param>
    /// <returns>The same code.</returns>
    int End(IReadOnlyList<string> command, int code);
}
