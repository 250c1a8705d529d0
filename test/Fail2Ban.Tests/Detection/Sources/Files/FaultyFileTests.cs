using System.Diagnostics;
using System.Globalization;
using Fail2Ban.Detection.Sources;

namespace Fail2Ban.Tests.Detection.Sources.Files;

/// <summary>Files that turn into something else, lose their readers' rights, or shrink under them.</summary>
public sealed class FaultyFileTests : FollowingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_directory_in_the_place_of_a_log_is_said_and_a_file_after_it_is_read(bool polling)
    {
        Logs.Write("a", "one\n");
        LogSubscription subscription = Logs.Follow("a", Sink, request => request with { Polling = polling });
        WatchedDirectory.Expect(Sink, "one");
        File.Delete(Logs.PathOf("a"));
        Directory.CreateDirectory(Logs.PathOf("a"));
        WatchedDirectory.Eventually(() => subscription.LastError == $"[Errno 21] Is a directory: '{Logs.PathOf("a")}'", () => subscription.LastError ?? "no error");
        Directory.Delete(Logs.PathOf("a"));
        Logs.Write("a", "two\n");
        WatchedDirectory.Expect(Sink, "one", "two");
        WatchedDirectory.Eventually(() => subscription.LastError is null);
    }

    [Fact]
    public void A_pipe_in_the_place_of_a_log_neither_hangs_nor_is_read()
    {
        Logs.Write("a", "one\n");
        LogSubscription subscription = Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, "one");
        File.Delete(Logs.PathOf("a"));
        using (Process made = Process.Start("mkfifo", [Logs.PathOf("a")])) made.WaitForExit();
        WatchedDirectory.Eventually(() => subscription.LastError == $"[Errno 22] Invalid argument: '{Logs.PathOf("a")}'", () => subscription.LastError ?? "no error");
        File.Delete(Logs.PathOf("a"));
        Logs.Write("a", "two\n");
        WatchedDirectory.Expect(Sink, "one", "two");
    }

    [Fact]
    public void A_log_that_shrinks_while_it_is_read_is_read_on_from_its_beginning()
    {
        string line = new('x', 99);
        Logs.Write("a", string.Concat(Enumerable.Repeat(line + "\n", 100_000)));
        Sink.Hold();
        LogSubscription subscription = Logs.Follow("a", Sink);
        WatchedDirectory.Eventually(() => Sink.HeldCount == LogSubscription.MaximumOutstanding);
        using (FileStream file = File.OpenWrite(Logs.PathOf("a")))
        {
            file.SetLength(50);
            file.Seek(0, SeekOrigin.End);
            file.Write("\nend\n"u8);
        }

        Sink.LetGo();
        WatchedDirectory.Eventually(() => Sink.Lines is [.., "end"], () => $"{Sink.Lines.Length} lines");
        Assert.Equal(new string('x', 50), Sink.Lines[^2]);
        WatchedDirectory.Eventually(() => subscription.BytesBehind == 0);
    }

    [Fact]
    public void A_million_bytes_without_an_end_wait_for_it_and_delay_no_other_log()
    {
        Logs.Write("long", new string('y', 1_000_000));
        LogSubscription subscription = Logs.Follow("long", Sink);
        var other = new CollectingSink();
        Logs.Write("other", "one\n");
        Logs.Follow("other", other);
        WatchedDirectory.Expect(other, "one");
        WatchedDirectory.Eventually(() => subscription.BytesBehind == 1_000_000);
        Assert.Equal(0, subscription.State.LinesBehind);
        Assert.Equal(TimeSpan.Zero, subscription.State.TimeBehind);
        Logs.Append("long", "\n");
        WatchedDirectory.Expect(Sink, new string('y', 1_000_000));
    }

    [Fact]
    public void Events_that_the_kernel_dropped_cost_no_line()
    {
        const string Limit = "/proc/sys/fs/inotify/max_queued_events";
        int most = int.Parse(File.ReadAllText(Limit), CultureInfo.InvariantCulture);
        if (most > 200_000) Assert.Skip($"{Limit} is {most}: too many to fill");
        string[] names = ["a", "b", "later"];
        var sinks = names.ToDictionary(name => name, _ => new CollectingSink());
        foreach (string name in names)
        {
            if (name != "later") Logs.Write(name, "");
            Logs.Follow(name, sinks[name], request => request with { MayBeAbsent = true });
        }

        Logs.Write("stop", "");
        using var stopped = new StoppingSink();
        Logs.Follow("stop", stopped);
        Logs.Append("stop", "now\n");
        stopped.WaitForLine();

        // Two files in turn, since the kernel merges an event with an equal one before it.
        using (FileStream one = File.Open(Logs.PathOf("a"), FileMode.Append), other = File.Open(Logs.PathOf("b"), FileMode.Append))
        {
            for (int i = 0; i < most; i++)
            {
                one.Write("x\n"u8);
                one.Flush();
                other.Write("y\n"u8);
                other.Flush();
            }
        }

        File.Move(Logs.PathOf("b"), Logs.PathOf("b.1"));
        Logs.Write("b", "new\n");
        Logs.Write("later", "there\n");
        stopped.GoOn();
        WatchedDirectory.Expect(sinks["later"], "there");
        WatchedDirectory.Expect(sinks["a"], [.. Enumerable.Repeat("x", most)]);
        WatchedDirectory.Expect(sinks["b"], [.. Enumerable.Repeat("y", most), "new"]);
        Logs.ExpectMessage("30 fail2ban.filter The kernel dropped inotify events (fs.inotify.max_queued_events): all log files are looked at again");
    }

    [Fact]
    public void How_far_a_slow_reader_is_behind_can_be_seen()
    {
        string[] lines = [.. Enumerable.Range(0, 60_000).Select(number => $"line number {number:D8} of the log")];
        Logs.Write("a", string.Join('\n', lines) + "\n");
        Sink.Hold();
        LogSubscription subscription = Logs.Follow("a", Sink);
        WatchedDirectory.Eventually(() => Sink.HeldCount == LogSubscription.MaximumOutstanding);
        WatchedDirectory.Eventually(() => subscription.State.TimeBehind > TimeSpan.FromMilliseconds(20));
        SourceState state = subscription.State;
        Assert.Equal(("inotify", 0L, 0L, true), (state.Way, state.Offset, state.LinesRead, state.LinesAreEstimated));
        Assert.Equal(new FileInfo(Logs.PathOf("a")).Length, state.BytesBehind);
        Assert.InRange(state.LinesBehind!.Value, 5_000, 60_000);
        Sink.LetGo();
        WatchedDirectory.Expect(Sink, lines);
        WatchedDirectory.Eventually(() => subscription.State is { LinesBehind: 0, BytesBehind: 0, LinesAreEstimated: false, LinesRead: 60_000 });
        Assert.Equal(TimeSpan.Zero, subscription.State.TimeBehind);
    }

    // Keeps the watcher's thread in its hands, which no real sink may do.
    private sealed class StoppingSink : ILineSink, IDisposable
    {
        private readonly ManualResetEventSlim _line = new();
        private readonly ManualResetEventSlim _goOn = new();

        public void WaitForLine() => Assert.True(_line.Wait(TimeSpan.FromSeconds(20)));

        public void GoOn() => _goOn.Set();

        public void Accept(LineDelivery delivery)
        {
            using (delivery)
            {
                if (delivery.Block.Count == 0) return;
                _line.Set();
                _goOn.Wait();
            }
        }

        public void Dispose()
        {
            _goOn.Set();
            _line.Dispose();
        }
    }
}
