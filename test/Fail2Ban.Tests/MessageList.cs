using System.Collections.Concurrent;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests;

/// <summary>Keeps what is logged, for a test to look at.</summary>
internal sealed class MessageList : ILogSink
{
    private readonly ConcurrentQueue<string> _messages = new();

    public LogLevel Threshold { get; init; } = LogLevel.HeavyDebug;

    /// <summary>Each as <c>LEVEL logger: message</c>.</summary>
    public IReadOnlyList<string> All => [.. _messages];

    /// <summary>Those of level ERROR and above.</summary>
    public IReadOnlyList<string> Errors => [.. All.Where(message => message.StartsWith("Error ", StringComparison.Ordinal) || message.StartsWith("Critical ", StringComparison.Ordinal))];

    public void Write(LogLevel level, string logger, string message) => _messages.Enqueue($"{level} {logger}: {message}");

    /// <summary>Waits until a message holds this text.</summary>
    public async Task<string> WaitForAsync(string text)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            if (All.FirstOrDefault(message => message.Contains(text, StringComparison.Ordinal)) is { } found) return found;
            Assert.False(patience.IsCancellationRequested, $"no \"{text}\" in:\n{string.Join('\n', All)}");
            await Task.Delay(5, CancellationToken.None);
        }
    }
}
