using System.IO.Compression;
using System.Text;
using Fail2Ban.Detection.Sources;

namespace Fail2Ban.Tests.Detection.Sources.Files;

/// <summary>What was rotated away while nobody read is made up for.</summary>
public sealed class RotatedLogsTests : FollowingTests
{
    private LogPosition _position;

    [Theory]
    [InlineData("a.log.1")]
    [InlineData("a.log-20260131")]
    [InlineData("a.log-1769817600")]
    [InlineData("a-20260131.log")]
    [InlineData("a.1.log")]
    public void The_rest_of_a_renamed_log_is_read_first(string renamed)
    {
        ReadSome("one\ntwo\n");
        Logs.Append("a.log", "three\n");
        Rotate(renamed, "four\n");
        LogSubscription subscription = Resume();
        WatchedDirectory.Expect(Sink, "three", "four");
        WatchedDirectory.Eventually(() => subscription.Position.Offset == 5);
        Assert.True(Sink.CaughtUp);
    }

    [Fact]
    public void Several_rotations_are_made_up_for_in_their_order()
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        File.Move(Logs.PathOf("a.log"), Logs.PathOf("a.log.2"));
        Age("a.log.2", 2);
        Logs.Write("a.log.1", "three\n");
        Age("a.log.1", 1);
        Logs.Write("a.log.3", "older\n");
        Age("a.log.3", 3);
        Logs.Write("a.log", "four\n");
        Resume();
        WatchedDirectory.Expect(Sink, "two", "three", "four");
    }

    [Fact]
    public void A_log_that_was_not_made_again_is_read_to_its_end()
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        File.Move(Logs.PathOf("a.log"), Logs.PathOf("a.log.1"));
        Resume();
        WatchedDirectory.Expect(Sink, "two");
        Logs.Write("a.log", "three\n");
        WatchedDirectory.Expect(Sink, "two", "three");
    }

    [Fact]
    public void The_rest_of_a_copy_is_read_after_a_cut()
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        File.Copy(Logs.PathOf("a.log"), Logs.PathOf("a.log.1"));
        Cut("three\n");
        Resume();
        WatchedDirectory.Expect(Sink, "two", "three");
    }

    [Fact]
    public void The_rest_of_a_packed_log_is_read()
    {
        ReadSome("one\ntwo\n");
        Logs.Append("a.log", "three\nfour\n");
        Pack("a.log", "a.log.1.gz");
        File.Delete(Logs.PathOf("a.log"));
        Logs.Write("a.log", "five\n");
        LogSubscription subscription = Resume();
        WatchedDirectory.Expect(Sink, "three", "four", "five");
        WatchedDirectory.Eventually(() => subscription.BytesBehind == 0);
    }

    [Fact]
    public void Of_logs_that_begin_alike_the_one_that_was_read_is_known_by_its_inode()
    {
        ReadSome("# a head\none\n");
        Logs.Append("a.log", "two\n");
        Rotate("a.log.1", "# a head\nthree is longer than one\n");
        LogSubscription subscription = Resume();
        WatchedDirectory.Expect(Sink, "two", "# a head", "three is longer than one");
        WatchedDirectory.Eventually(() => subscription.Position.Offset == new FileInfo(Logs.PathOf("a.log")).Length);
    }

    [Fact]
    public void A_log_that_an_editor_wrote_anew_is_read_on()
    {
        ReadSome("# a head\none\n");
        Logs.Write("new", "# a head\none\ntwo\n");
        File.Move(Logs.PathOf("new"), Logs.PathOf("a.log"), overwrite: true);
        Resume();
        WatchedDirectory.Expect(Sink, "two");
    }

    [Fact]
    public void A_log_that_was_empty_and_is_rotated_with_lines_in_it_is_known_by_its_inode()
    {
        ReadSome("");
        Logs.Append("a.log", "one\n");
        Rotate("a.log.1", "two\n");
        Resume();
        WatchedDirectory.Expect(Sink, "one", "two");
    }

    [Theory]
    [InlineData("b.log.1")]
    [InlineData("a.log.bak")]
    [InlineData("a.log2")]
    public void Files_that_are_no_rotation_of_the_log_are_left_alone(string name)
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        Rotate(name, "three\n");
        Resume();
        WatchedDirectory.Expect(Sink, "three");
    }

    [Fact]
    public void Another_file_in_the_place_of_the_rotated_one_is_not_read()
    {
        ReadSome("one\n");
        File.Delete(Logs.PathOf("a.log"));
        Logs.Write("x", "");
        Logs.Write("a.log.1", "not ours\nnot ours\n");
        Logs.Write("a.log", "three\n");
        Logs.Write("a.log.2.gz", "no gzip at all");
        Resume();
        WatchedDirectory.Expect(Sink, "three");
    }

    [Fact]
    public void What_was_cut_unread_while_it_was_followed_is_read_from_the_copy()
    {
        string[] old = [.. Enumerable.Range(0, 60_000).Select(number => $"old line number {number}, long enough to fill some chunks")];
        Logs.Write("a.log", string.Join('\n', old) + "\n");
        Sink.Hold();
        Logs.Follow("a.log", Sink);
        WatchedDirectory.Eventually(() => Sink.HeldCount == LogSubscription.MaximumOutstanding);
        File.Copy(Logs.PathOf("a.log"), Logs.PathOf("a.log.1"));
        Cut("new\n");
        Logs.ExpectMessage("Log rotation detected");
        Sink.LetGo();
        WatchedDirectory.Expect(Sink, [.. old, "new"]);
    }

    [Fact]
    public void A_copy_that_lacks_the_lines_before_the_cut_is_read_to_its_end()
    {
        string[] old = [.. Enumerable.Range(0, 60_000).Select(number => $"old line number {number}, long enough to fill some chunks")];
        Logs.Write("a.log", string.Join('\n', old) + "\n");
        Sink.Hold();
        LogSubscription subscription = Logs.Follow("a.log", Sink);
        WatchedDirectory.Eventually(() => Sink.HeldCount == LogSubscription.MaximumOutstanding);
        File.Copy(Logs.PathOf("a.log"), Logs.PathOf("a.log.1"));
        Logs.Append("a.log", "in the gap\n");
        WatchedDirectory.Eventually(() => subscription.BytesBehind == new FileInfo(Logs.PathOf("a.log")).Length);
        Cut("new\n");
        Logs.ExpectMessage("Log rotation detected");
        Sink.LetGo();
        WatchedDirectory.Expect(Sink, [.. old, "new"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_copy_that_lacks_lines_that_were_read_leads_to_those_after_it(bool packed)
    {
        ReadSome("one\ntwo\nin the gap\n");
        Cut("one\ntwo\n");
        if (packed) Pack("a.log", "a.log.2.gz");
        else File.Copy(Logs.PathOf("a.log"), Logs.PathOf("a.log.2"));
        Age(packed ? "a.log.2.gz" : "a.log.2", 2);
        Logs.Write("a.log.1", "three\n");
        Age("a.log.1", 1);
        Cut("four\n");
        Resume();
        WatchedDirectory.Expect(Sink, "three", "four");
    }

    [Fact]
    public void A_name_that_a_rotation_gives_is_not_read_again_if_a_pattern_fits_it()
    {
        Logs.Write("a.log", "one\n");
        Logs.Follow("a.log", Sink);
        WatchedDirectory.Expect(Sink, "one");
        Rotate("a.log.1", "two\n");
        WatchedDirectory.Expect(Sink, "one", "two");
        Logs.Follow("a.log.1", Sink);
        Logs.Append("a.log.1", "late\n");
        WatchedDirectory.Expect(Sink, "one", "two", "late");
    }

    [Fact]
    public void The_unread_rest_of_a_rotated_log_is_not_read_again_if_a_pattern_fits_its_name()
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        Rotate("a.log.1", "three\n");
        Resume();
        WatchedDirectory.Expect(Sink, "two", "three");
        Logs.Follow("a.log.1", Sink);
        Logs.Append("a.log.1", "late\n");
        WatchedDirectory.Expect(Sink, "two", "three", "late");
    }

    [Fact]
    public void The_unread_rest_of_a_rotated_log_is_read_once_if_a_pattern_found_it_first()
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        File.Move(Logs.PathOf("a.log"), Logs.PathOf("a.log.1"));
        Logs.Follow("a.log.1", Sink);
        WatchedDirectory.Expect(Sink, "one", "two");
        Logs.Write("a.log", "three\n");
        Resume();
        WatchedDirectory.Expect(Sink, "one", "two", "three");
    }

    [Fact]
    public void A_name_that_a_pattern_finds_goes_on_where_the_old_name_was_also_if_old_lines_are_skipped()
    {
        Logs.Write("a.log", "old\none\n");
        Logs.Follow("a.log", Sink);
        WatchedDirectory.Expect(Sink, "old", "one");
        Rotate("a.log.1", "two\n");
        WatchedDirectory.Expect(Sink, "old", "one", "two");
        DateTimeOffset start = DateTimeOffset.UnixEpoch;
        Logs.Follow("a.log.1", Sink, request => request with { NotBefore = start, DateOf = line => line.Text.StartsWith("old"u8) ? start.AddDays(-1) : start });
        Logs.Append("a.log.1", "late\n");
        WatchedDirectory.Expect(Sink, "old", "one", "two", "late");
    }

    [Theory]
    [InlineData("a.log.1", "a-2.log")]
    [InlineData("a.log.1", "a.log-2")]
    [InlineData("a-20260131.log", "a-2.log")]
    public void A_log_beside_it_whose_name_has_another_form_is_somebody_elses(string renamed, string other)
    {
        ReadSome("one\n");
        Logs.Append("a.log", "two\n");
        File.Move(Logs.PathOf("a.log"), Logs.PathOf(renamed));
        Age(renamed, 1);
        Logs.Write(other, "not ours\n");
        Logs.Write("a.log", "three\n");
        Resume();
        WatchedDirectory.Expect(Sink, "two", "three");
    }

    private void ReadSome(string text)
    {
        Logs.Write("a.log", text);
        var before = new CollectingSink();
        LogSubscription subscription = Logs.Follow("a.log", before);
        WatchedDirectory.Eventually(() => subscription.Position.Offset == text.Length);
        _position = subscription.Position;
        subscription.Dispose();
        Logs.ExpectMessage("Removed logfile");
    }

    private LogSubscription Resume() => Logs.Follow("a.log", Sink, request => request with { Resume = _position, MayBeAbsent = true });

    private void Rotate(string renamed, string text)
    {
        File.Move(Logs.PathOf("a.log"), Logs.PathOf(renamed));
        Logs.Write("a.log", text);
    }

    private void Cut(string text)
    {
        using FileStream file = File.OpenWrite(Logs.PathOf("a.log"));
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Pack(string from, string to)
    {
        using var packed = new GZipStream(File.Create(Logs.PathOf(to)), CompressionLevel.Fastest);
        packed.Write(File.ReadAllBytes(Logs.PathOf(from)));
    }

    private void Age(string name, int hours) => File.SetLastWriteTimeUtc(Logs.PathOf(name), TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-hours));
}
