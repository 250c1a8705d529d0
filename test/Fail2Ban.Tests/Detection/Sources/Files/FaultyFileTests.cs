using System.Diagnostics;
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
}
