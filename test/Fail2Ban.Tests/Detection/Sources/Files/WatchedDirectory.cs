using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Detection.Sources.Files;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Detection.Sources.Files;

/// <summary>A directory of its own with a watcher, and what the watcher has logged.</summary>
internal sealed class WatchedDirectory : ILogSink, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly string _root = Directory.CreateTempSubdirectory("f2b-logs-").FullName;

    internal WatchedDirectory() => Watcher = new FileWatcher(new Log(this, "test"), TimeProvider.System);

    internal FileWatcher Watcher { get; }

    internal ConcurrentQueue<string> Messages { get; } = new();

    public LogLevel Threshold => LogLevel.Message;

    internal string PathOf(string name) => Path.Combine(_root, name);

    internal string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    internal string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(PathOf(name), bytes);
        return PathOf(name);
    }

    internal void Append(string name, string text) => File.AppendAllText(PathOf(name), text);

    internal LogSubscription Follow(string name, ILineSink sink, Func<LogFileRequest, LogFileRequest>? adjust = null, string encoding = "utf-8")
    {
        Assert.True(LogEncoding.TryParse(encoding, out LogEncoding parsed, out string unknown), unknown);
        var request = new LogFileRequest(PathOf(name), parsed, sink);
        Assert.True(Watcher.TrySubscribe(adjust?.Invoke(request) ?? request, out LogSubscription? subscription, out string? error), error);
        return subscription;
    }

    internal static void Expect(CollectingSink sink, params string[] lines)
    {
        Eventually(() => sink.Lines.Length >= lines.Length, () => $"got {string.Join('|', sink.Lines.Take(20))}");
        Assert.Equal(lines, sink.Lines);
    }

    internal void ExpectMessage(string part) => Eventually(() => Messages.Any(message => message.Contains(part)), () => string.Join('\n', Messages));

    internal static void Eventually(Func<bool> condition, Func<string>? state = null)
    {
        long start = Stopwatch.GetTimestamp();
        var spin = new SpinWait();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > Patience) Assert.Fail("it did not happen: " + state?.Invoke());
            spin.SpinOnce();
        }
    }

    public void Write(LogLevel level, string logger, string message) => Messages.Enqueue($"{(int)level} {logger} {message}");

    public void Dispose()
    {
        Watcher.Dispose();
        Directory.Delete(_root, recursive: true);
    }
}
