using System.Globalization;
using Fail2Ban.Detection.Sources;

namespace Fail2Ban.Tests.Detection.Sources.Files;

public sealed class RotationTests : IDisposable
{
    private readonly WatchedDirectory _logs = new();
    private readonly CollectingSink _sink = new();

    public void Dispose() => _logs.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void After_a_rename_the_old_file_is_read_to_its_end_and_then_the_new_one(bool polling)
    {
        _logs.Write("a", "one\n");
        LogSubscription subscription = _logs.Follow("a", _sink, request => request with { Polling = polling });
        WatchedDirectory.Expect(_sink, "one");
        using (StreamWriter old = File.AppendText(_logs.PathOf("a")))
        {
            File.Move(_logs.PathOf("a"), _logs.PathOf("a.1"));
            old.Write("two\n");
            old.Flush();
            _logs.Write("a", "three\n");
            WatchedDirectory.Expect(_sink, "one", "two", "three");
            old.Write("late\n");
        }

        WatchedDirectory.Expect(_sink, "one", "two", "three", "late");
        WatchedDirectory.Eventually(() => subscription.Position.Offset == 6);
        _logs.ExpectMessage($"18 fail2ban.filter Log rotation detected for {_logs.PathOf("a")}, reason: (");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_was_deleted_and_made_again_is_read_from_its_beginning(bool polling)
    {
        _logs.Write("a", "one\n");
        _logs.Follow("a", _sink, request => request with { Polling = polling });
        WatchedDirectory.Expect(_sink, "one");
        File.Delete(_logs.PathOf("a"));
        _logs.ExpectMessage("18 fail2ban.filter Log absence detected");
        _logs.Write("a", "one\n");
        WatchedDirectory.Expect(_sink, "one", "one");
        _logs.ExpectMessage("18 fail2ban.filter Log presence detected");
    }

    [Theory]
    [InlineData("x\n", "x")]
    [InlineData("another first line that is longer than what was there before\nx\n", "another first line that is longer than what was there before", "x")]
    public void A_file_that_was_cut_and_filled_again_is_read_from_its_beginning(string text, params string[] expected)
    {
        _logs.Write("a", "one\ntwo\n");
        LogSubscription subscription = _logs.Follow("a", _sink);
        WatchedDirectory.Expect(_sink, "one", "two");
        File.Copy(_logs.PathOf("a"), _logs.PathOf("a.1"));
        using (FileStream file = File.OpenWrite(_logs.PathOf("a")))
        {
            file.SetLength(0);
            file.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        WatchedDirectory.Expect(_sink, ["one", "two", .. expected]);
        WatchedDirectory.Eventually(() => subscription.Position.Offset == text.Length);
        _logs.ExpectMessage($"Log rotation detected for {_logs.PathOf("a")}, reason: (");
    }

    [Fact]
    public void A_symbolic_link_that_is_turned_leads_to_the_other_file()
    {
        _logs.Write("one", "one\n");
        _logs.Write("two", "two\n");
        File.CreateSymbolicLink(_logs.PathOf("a"), _logs.PathOf("one"));
        _logs.Follow("a", _sink);
        WatchedDirectory.Expect(_sink, "one");
        File.CreateSymbolicLink(_logs.PathOf("b"), _logs.PathOf("two"));
        File.Move(_logs.PathOf("b"), _logs.PathOf("a"), overwrite: true);
        WatchedDirectory.Expect(_sink, "one", "two");
    }

    [Fact]
    public void A_sink_without_room_does_not_see_the_new_file_before_the_rest_of_the_old_one()
    {
        string[] old = [.. Enumerable.Range(0, 60_000).Select(number => $"old line number {number}, long enough to fill some chunks")];
        _logs.Write("a", string.Join('\n', old) + "\n");
        _sink.Hold();
        _logs.Follow("a", _sink);
        WatchedDirectory.Eventually(() => _sink.HeldCount == LogSubscription.MaximumOutstanding);
        File.Move(_logs.PathOf("a"), _logs.PathOf("a.1"));
        _logs.Write("a", "new\n");
        _logs.ExpectMessage("Log rotation detected");
        _sink.LetGo();
        WatchedDirectory.Expect(_sink, [.. old, "new"]);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_while_four_writers_write_and_the_file_is_renamed()
    {
        const int Writers = 4, Lines = 20_000, Rotations = 10;
        _logs.Write("a", "");
        _logs.Follow("a", _sink);
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
                using FileStream file = new(_logs.PathOf("a"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
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
            WatchedDirectory.Eventually(() => Volatile.Read(ref done) >= due && File.Exists(_logs.PathOf("a"))
                && _logs.Messages.Count(message => message.Contains("Log rotation detected")) == before,
                () => string.Join('\n', _logs.Messages));
            File.Move(_logs.PathOf("a"), _logs.PathOf($"a.{rotation}"));
            if (rotation % 2 == 0) File.Open(_logs.PathOf("a"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            Volatile.Write(ref rotated, rotation);
        }

        await Task.WhenAll(writers);
        WatchedDirectory.Eventually(() => _sink.Lines.Length >= Writers * Lines, () => $"{_sink.Lines.Length} lines");
        Assert.Equal(Enumerable.Range(0, Writers * Lines), _sink.Lines.Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Order());
    }
}
