using System.Globalization;
using Fail2Ban.Detection.Sources;

namespace Fail2Ban.Tests.Detection.Sources.Files;

public sealed class RotationTests : FollowingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_rename_the_old_file_is_read_to_its_end_and_then_the_new_one(bool polling)
    {
        Logs.Write("a", "one\n");
        LogSubscription subscription = Logs.Follow("a", Sink, request => request with { Polling = polling });
        WatchedDirectory.Expect(Sink, "one");
        using (StreamWriter old = File.AppendText(Logs.PathOf("a")))
        {
            File.Move(Logs.PathOf("a"), Logs.PathOf("a.1"));
            old.Write("two\n");
            old.Flush();
            Logs.Write("a", "three\n");
            WatchedDirectory.Expect(Sink, "one", "two", "three");
            old.Write("late\n");
        }

        WatchedDirectory.Expect(Sink, "one", "two", "three", "late");
        WatchedDirectory.Eventually(() => subscription.Position.Offset == 6);
        Logs.ExpectMessage($"18 fail2ban.filter Log rotation detected for {Logs.PathOf("a")}, reason: (");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_was_deleted_and_made_again_is_read_from_its_beginning(bool polling)
    {
        Logs.Write("a", "one\n");
        Logs.Follow("a", Sink, request => request with { Polling = polling });
        WatchedDirectory.Expect(Sink, "one");
        File.Delete(Logs.PathOf("a"));
        Logs.ExpectMessage("18 fail2ban.filter Log absence detected");
        Logs.Write("a", "one\n");
        WatchedDirectory.Expect(Sink, "one", "one");
        Logs.ExpectMessage("18 fail2ban.filter Log presence detected");
    }

    [Theory]
    [InlineData("x\n", "x")]
    [InlineData("another first line that is longer than what was there before\nx\n", "another first line that is longer than what was there before", "x")]
    public void A_file_that_was_cut_and_filled_again_is_read_from_its_beginning(string text, params string[] expected)
    {
        Logs.Write("a", "one\ntwo\n");
        LogSubscription subscription = Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, "one", "two");
        File.Copy(Logs.PathOf("a"), Logs.PathOf("a.1"));
        using (FileStream file = File.OpenWrite(Logs.PathOf("a")))
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        WatchedDirectory.Expect(Sink, ["one", "two", .. expected]);
        WatchedDirectory.Eventually(() => subscription.Position.Offset == text.Length);
        Logs.ExpectMessage($"Log rotation detected for {Logs.PathOf("a")}, reason: (");
    }

    [Fact]
    public void A_symbolic_link_that_is_turned_leads_to_the_other_file()
    {
        Logs.Write("one", "one\n");
        Logs.Write("two", "two\n");
        File.CreateSymbolicLink(Logs.PathOf("a"), Logs.PathOf("one"));
        Logs.Follow("a", Sink);
        WatchedDirectory.Expect(Sink, "one");
        File.CreateSymbolicLink(Logs.PathOf("b"), Logs.PathOf("two"));
        File.Move(Logs.PathOf("b"), Logs.PathOf("a"), overwrite: true);
        WatchedDirectory.Expect(Sink, "one", "two");
    }

    [Fact]
    public void ASink_without_room_does_not_see_the_new_file_before_the_rest_of_the_old_one()
    {
        string[] old = [.. Enumerable.Range(0, 60_000).Select(number => $"old line number {number}, long enough to fill some chunks")];
        Logs.Write("a", string.Join('\n', old) + "\n");
        Sink.Hold();
        Logs.Follow("a", Sink);
        WatchedDirectory.Eventually(() => Sink.HeldCount == LogSubscription.MaximumOutstanding);
        File.Move(Logs.PathOf("a"), Logs.PathOf("a.1"));
        Logs.Write("a", "new\n");
        Logs.ExpectMessage("Log rotation detected");
        Sink.LetGo();
        WatchedDirectory.Expect(Sink, [.. old, "new"]);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_four_writers_write_and_the_file_is_renamed()
    {
        const int Writers = 4, Lines = 20_000, Rotations = 10;
        Logs.Write("a", "");
        Logs.Follow("a", Sink);
        int done = 0, rotated = 0;
        var end = new Lock();
        Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(() =>
        {
            for (int line = 0; line < Lines;)
            {
                // Not so far ahead that nobody opens the log again after a rotation.
                int next = line;
                SpinWait.SpinUntil(() => next <= (Volatile.Read(ref rotated) + 1) * Lines / (Rotations + 1));

                // As a service does: some lines, then the log is opened anew.
                using FileStream file = new(Logs.PathOf("a"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
                for (int last = Math.Min(Lines, line + 500); line < last; line++)
                {
                    // The framework does not open with O_APPEND: a lock makes finding the end and writing there one step.
                    lock (end)
                    {
                        file.Seek(0, SeekOrigin.End);
                        file.Write(System.Text.Encoding.UTF8.GetBytes($"{writer * Lines + line}\n"));
                    }
                }

                Interlocked.Add(ref done, 500);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        for (int rotation = 1; rotation <= Rotations; rotation++)
        {
            int due = rotation * Writers * Lines / (Rotations + 1);
            int before = rotation - 1;
            WatchedDirectory.Eventually(() => Volatile.Read(ref done) >= due && File.Exists(Logs.PathOf("a"))
                && Logs.Messages.Count(message => message.Contains("Log rotation detected")) == before,
                () => string.Join('\n', Logs.Messages));
            File.Move(Logs.PathOf("a"), Logs.PathOf($"a.{rotation}"));
            if (rotation % 2 == 0) File.Open(Logs.PathOf("a"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            Volatile.Write(ref rotated, rotation);
        }

        await Task.WhenAll(writers);
        WatchedDirectory.Eventually(() => Sink.Lines.Length >= Writers * Lines, () => $"{Sink.Lines.Length} lines");
        Assert.Equal(Enumerable.Range(0, Writers * Lines), Sink.Lines.Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Order());
    }
}
