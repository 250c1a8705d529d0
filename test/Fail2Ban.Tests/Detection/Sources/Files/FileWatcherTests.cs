using System.Security.Cryptography;
using System.Text;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Detection.Sources.Files;

namespace Fail2Ban.Tests.Detection.Sources.Files;

public sealed class FileWatcherTests : FollowingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_there_comes_first_and_then_what_is_appended(bool polling)
    {
        Logs.Write("a", "one\ntwo\n");
        LogSubscription subscription = Logs.Follow("a", Sink, request => request with { Polling = polling });
        WatchedDirectory.Expect(Sink, "one", "two");
        Assert.True(Sink.CaughtUp);
        Logs.Append("a", "three\n");
        WatchedDirectory.Expect(Sink, "one", "two", "three");
        WatchedDirectory.Eventually(() => subscription.Position is { Offset: 14, Inode: not 0 } position && position.FirstLineHash == Hash("one\n"));
        Assert.Equal(3, subscription.LinesRead);
        WatchedDirectory.Eventually(() => subscription.BytesBehind == 0);
        Logs.ExpectMessage($"20 fail2ban.filter Added logfile: '{Logs.PathOf("a")}' (pos = 0, hash = {Hash("one\n")})");
    }

    [Fact]
    public void An_absent_file_is_an_error_as_the_original_words_it()
    {
        Assert.False(Logs.Watcher.TrySubscribe(new LogFileRequest(Logs.PathOf("none"), Fail2Ban.Detection.Lines.LogEncoding.Utf8, Sink), out _, out string? error));
        Assert.Equal($"[Errno 2] No such file or directory: '{Logs.PathOf("none")}'", error);
        Directory.CreateDirectory(Logs.PathOf("dir"));
        Assert.False(Logs.Watcher.TrySubscribe(new LogFileRequest(Logs.PathOf("dir"), Fail2Ban.Detection.Lines.LogEncoding.Utf8, Sink), out _, out error));
        Assert.Equal($"[Errno 21] Is a directory: '{Logs.PathOf("dir")}'", error);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("later/a")]
    public void A_file_that_appears_later_is_read_from_its_beginning(string name)
    {
        LogSubscription subscription = Logs.Follow(name, Sink, request => request with { MayBeAbsent = true });
        Assert.Equal($"[Errno 2] No such file or directory: '{Logs.PathOf(name)}'", subscription.LastError);
        Logs.ExpectMessage("18 fail2ban.filter Log absence detected (possibly rotation) for " + Logs.PathOf(name) + ", reason: [Errno 2]");
        Directory.CreateDirectory(Path.GetDirectoryName(Logs.PathOf(name))!);
        Logs.Write(name, "hello\n");
        WatchedDirectory.Expect(Sink, "hello");
        Logs.ExpectMessage("18 fail2ban.filter Log presence detected for file " + Logs.PathOf(name));
        WatchedDirectory.Eventually(() => subscription.LastError is null);
    }

    [Fact]
    public void Tail_begins_behind_the_last_line_and_is_in_operation_at_once()
    {
        Logs.Write("a", "old\nhalf");
        LogSubscription subscription = Logs.Follow("a", Sink, request => request with { FromEnd = true });
        WatchedDirectory.Eventually(() => Sink.CaughtUp);
        Assert.Equal(4, subscription.Position.Offset);
        Logs.Append("a", " done\nnew\n");
        WatchedDirectory.Expect(Sink, "half done", "new");
    }

    [Fact]
    public void Tail_of_a_log_that_is_absent_reads_all_that_comes()
    {
        Logs.Follow("a", Sink, request => request with { FromEnd = true, MayBeAbsent = true });
        Logs.ExpectMessage("Log absence detected");
        Logs.Write("a", "one\ntwo\n");
        WatchedDirectory.Expect(Sink, "one", "two");
    }

    [Theory]
    [InlineData("one\n", 4, "two")]
    [InlineData("other\n", 4, "one", "two")]
    [InlineData("", 4, "one", "two")]
    [InlineData("one\n", 400, "one", "two")]
    public void A_remembered_position_counts_only_for_the_same_file(string firstLine, long offset, params string[] expected)
    {
        Logs.Write("a", "one\ntwo\n");
        Logs.Follow("a", Sink, request => request with { Resume = new LogPosition(offset, firstLine.Length == 0 ? "" : Hash(firstLine)) });
        WatchedDirectory.Expect(Sink, expected);
    }

    [Fact]
    public void A_half_written_line_waits_for_its_end()
    {
        Logs.Write("a", "one\ntw");
        LogSubscription subscription = Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, "one");
        Assert.True(Sink.CaughtUp);
        Logs.Append("a", "o");
        WatchedDirectory.Eventually(() => subscription.BytesBehind == 3);
        Logs.Append("a", "\r");
        Logs.Append("a", "\nthree\n");
        WatchedDirectory.Expect(Sink, "one", "two", "three");
    }

    [Theory]
    [InlineData("utf-16", "Grüße\r\nĊ਀\r\n", new[] { "Grüße", "Ċ਀" })]
    [InlineData("utf-16-be", "Grüße\nĊ\n", new[] { "Grüße", "Ċ" })]
    [InlineData("latin-1", "Grüße\r\nx\n", new[] { "Grüße", "x" })]
    public void Encodings_are_converted(string encoding, string text, string[] expected)
    {
        Encoding stored = Encoding.GetEncoding(encoding == "latin-1" ? "iso-8859-1" : encoding == "utf-16" ? "utf-16" : "utf-16BE");
        byte[] bytes = [.. encoding == "utf-16" ? stored.GetPreamble() : [], .. stored.GetBytes(text)];
        Logs.Write("a", bytes.AsSpan(0, 7));
        Logs.Follow("a", Sink, encoding: encoding);
        WatchedDirectory.Eventually(() => Sink.CaughtUp);
        using (FileStream file = File.Open(Logs.PathOf("a"), FileMode.Append)) file.Write(bytes.AsSpan(7));
        WatchedDirectory.Expect(Sink, expected);
    }

    [Fact]
    public void Unreadable_bytes_are_replaced_and_warned_of_once()
    {
        Logs.Write("a", [.. "ok\nbad "u8, 0xFF, .. "\r\n"u8]);
        Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, "ok", "bad \uFFFD");
        using (FileStream file = File.Open(Logs.PathOf("a"), FileMode.Append)) file.Write([0xFE, (byte)'\n']);
        WatchedDirectory.Expect(Sink, "ok", "bad \uFFFD", "\uFFFD");
        Assert.Equal(
            [
                $"30 fail2ban.filter Error decoding line from '{Logs.PathOf("a")}' with 'utf-8'.",
                "30 fail2ban.filter Consider setting logencoding to appropriate encoding for this jail. Continuing to process line ignoring invalid characters: b'bad \\xff\\r\\n'",
            ],
            Logs.Messages.Where(message => message.StartsWith("30", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_line_of_megabytes_arrives_whole_and_an_endless_one_is_cut()
    {
        string line = new('x', 5_000_000);
        Logs.Write("a", "first\n");
        LogSubscription subscription = Logs.Follow("a", Sink);
        Logs.Append("a", line[..3_000_000]);
        Logs.Append("a", line[3_000_000..] + "\nlast\n");
        WatchedDirectory.Expect(Sink, "first", line, "last");
        Logs.Append("a", line + line + "\nafter\n");
        WatchedDirectory.Expect(Sink, "first", line, "last", (line + line)[..(ChunkReader.LongestLine - 1)], "after");
        Logs.ExpectMessage("at offset 5000012 is longer than 8388608 bytes");
        WatchedDirectory.Eventually(() => subscription.BytesBehind == 0);
    }

    [Fact]
    public void Subscribers_at_different_positions_each_get_their_lines()
    {
        Logs.Write("a", "one\ntwo\n");
        Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, "one", "two");
        var tail = new CollectingSink();
        var latin = new CollectingSink();
        LogSubscription ended = Logs.Follow("a", tail, request => request with { FromEnd = true });
        Logs.Follow("a", latin, encoding: "latin-1");
        WatchedDirectory.Expect(latin, "one", "two");
        WatchedDirectory.Eventually(() => tail.CaughtUp);
        Logs.Append("a", "ü\n");
        WatchedDirectory.Expect(Sink, "one", "two", "ü");
        WatchedDirectory.Expect(tail, "ü");
        WatchedDirectory.Expect(latin, "one", "two", "Ã¼");
        ended.Dispose();
        Logs.ExpectMessage("20 fail2ban.filter Removed logfile: '" + Logs.PathOf("a") + "'");
        Logs.Append("a", "end\n");
        WatchedDirectory.Expect(Sink, "one", "two", "ü", "end");
        Assert.Equal(["ü"], tail.Lines);
    }

    [Fact]
    public void ASink_that_does_not_keep_up_is_passed_over_and_goes_on_from_its_own_place()
    {
        string[] lines = [.. Enumerable.Range(0, 100_000).Select(number => $"line number {number} of the log, with some text behind it")];
        Logs.Write("a", string.Join('\n', lines) + "\n");
        var slow = new CollectingSink();
        slow.Hold();
        LogSubscription subscription = Logs.Follow("a", slow);
        Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, lines);
        WatchedDirectory.Eventually(() => slow.HeldCount == LogSubscription.MaximumOutstanding);
        Assert.Equal(0, subscription.Position.Offset);
        Assert.Equal(new FileInfo(Logs.PathOf("a")).Length, subscription.BytesBehind);
        slow.LetGo();
        WatchedDirectory.Expect(slow, lines);
    }

    [Fact]
    public void Old_lines_are_skipped_by_bisection()
    {
        DateTimeOffset start = DateTimeOffset.UnixEpoch;
        Logs.Write("a", string.Concat(Enumerable.Range(0, 50_000).Select(number => number % 10 == 9 ? "no date\n" : $"{number} text\r\n")));
        int asked = 0;
        LogSubscription subscription = Logs.Follow("a", Sink, request => request with
        {
            NotBefore = start.AddSeconds(31_415),
            DateOf = line =>
            {
                asked++;
                return System.Buffers.Text.Utf8Parser.TryParse(line.Text, out int seconds, out int used) && used > 0 ? start.AddSeconds(seconds) : null;
            },
        });
        WatchedDirectory.Eventually(() => Sink.CaughtUp);
        Assert.Equal("31415 text", Sink.Lines[0]);
        Assert.Equal("no date", Sink.Lines[^1]);
        Assert.InRange(asked, 10, 1000);
        Assert.True(subscription.Position.Offset > 0);
    }

#pragma warning disable CA5350 // the database has it so
    private static string Hash(string line) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(line)));
#pragma warning restore CA5350
}
