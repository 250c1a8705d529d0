using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client.Reports;

/// <summary>One JSON object a line for each command, in the shape of docs/json.md; what the log says is part of it.</summary>
/// <remarks>It is the log's sink too. Thread safety: the log may be written by any thread.</remarks>
internal sealed class JsonReport(ClientHost host, LogLevel threshold) : IReport, ILogSink
{
    /// <summary>The version of the shape; it grows when something that was there changes or goes.</summary>
    internal const int Format = 1;

    // Nothing here is ever put into HTML, so that only what JSON asks for is escaped.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly List<(LogLevel Level, string Text)> _messages = [];
    private readonly List<string> _hints = [];
    private Action<Utf8JsonWriter>? _result;
    private string? _kind;
    private PythonError? _refusal;
    private string? _type;
    private string? _text;

    /// <summary>Whether nothing was told since the last command ended.</summary>
    internal bool IsEmpty => _kind is null && _refusal is null && _type is null;

    /// <inheritdoc/>
    public LogLevel Threshold => threshold;

    /// <inheritdoc/>
    public void Write(LogLevel level, string logger, string message)
    {
        lock (_lock) _messages.Add((level, message));
    }

    public void Answer(IReadOnlyList<object?> command, object? answer) =>
        (_kind, _result) = JsonAnswer.Of([.. command.Select(PythonText.Str)], answer, host.BuildVersion);

    public void Refusal(PythonError error) => _refusal = error;

    public void Tell(string kind, Action<Utf8JsonWriter> result, string text) => (_kind, _result) = (kind, result);

    public void Fault(string type, string? text = null) => (_type, _text) = (type, text ?? _text);

    public void Hint(string text) => _hints.Add(text);

    public int End(IReadOnlyList<string> command, int code)
    {
        using var buffer = new MemoryStream();
        lock (_lock)
        {
            using (var json = new Utf8JsonWriter(buffer, s_options)) Write(json, command, code);
            _messages.Clear();
        }

        _hints.Clear();
        (_result, _kind, _refusal, _type, _text) = (null, null, null, null, null);
        host.Output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        return code;
    }

    private void Write(Utf8JsonWriter json, IReadOnlyList<string> command, int code)
    {
        json.WriteStartObject();
        json.WriteNumber("format", Format);
        json.WriteStartArray("command");
        foreach (string word in command) json.WriteStringValue(word);
        json.WriteEndArray();
        json.WriteBoolean("ok", code == 0);
        json.WriteNumber("exitCode", code);
        if (_kind is not null && (code == 0 || _kind == "test"))
        {
            json.WriteString("kind", _kind);
            json.WritePropertyName("result");
            _result!(json);
        }

        if (code != 0) WriteError(json);
        json.WriteStartArray("messages");
        foreach ((LogLevel level, string text) in _messages)
        {
            json.WriteStartObject();
            json.WriteString("level", LogLevels.Name(level));
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteError(Utf8JsonWriter json)
    {
        json.WriteStartObject("error");
        json.WriteString("type", _refusal?.TypeName ?? _type ?? "Failure");
        json.WriteString("message", _refusal is { } refusal ? Presentation.ShowError(refusal) : _text ?? LastError());
        json.WriteStartArray("hints");
        foreach (string hint in _hints) json.WriteStringValue(hint);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private string LastError() => _messages.FindLast(message => message.Level >= LogLevel.Error) is { Text: { } text } ? text : "The command failed";
}
