using System.Text;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.Detection.Sources.Journal;

/// <summary>Journals on disk, written by systemd's tool and read through the library.</summary>
public sealed class JournalWatcherTests : IDisposable
{
    private const long Start = 1_704_164_645_000_000;

    private readonly MessageList _messages = new();
    private readonly WrittenJournal _journal = new();
    private readonly JournalWatcher _watcher;

    public JournalWatcherTests() => _watcher = new JournalWatcher(new Log(_messages, "test"), TimeProvider.System);

    public void Dispose()
    {
        _watcher.Dispose();
        _journal.Dispose();
    }

    [Fact]
    public void What_is_there_comes_in_order_and_then_the_end_is_told()
    {
        _journal.Write(Enumerable.Range(0, 700).Select(i => Entry(i)));
        _journal.Finish();
        var sink = new EntrySink();
        Follow(sink);
        sink.WaitForEnd();
        Assert.Equal(Enumerable.Range(0, 700).Select(i => $"app: m{i}"), sink.Texts);
        Assert.Equal(700, sink.Ends[0]);
    }

    [Fact]
    public void An_empty_journal_is_at_its_end_at_once_and_new_entries_come_as_they_are_written()
    {
        var sink = new EntrySink();
        _journal.Write(Entry(0, ("A", "other")));
        _journal.Finish();
        Follow(sink, 0, "A=wanted");
        sink.WaitForEnd();
        Assert.Empty(sink.Texts);
        for (int i = 1; i <= 3; i++)
        {
            _journal.Write(Entry(i, ("A", "wanted")));
            Assert.Equal($"app: m{i}", sink.WaitForTexts(i)[^1]);
        }
    }

    [Fact]
    public void Followers_of_one_journal_get_what_their_own_matches_want_before_and_after_the_end()
    {
        string[][] wanted = [["A=1"], ["A=1", "A=2", "B=1"], ["A=2", "+", "B=2"], ["C=1"], []];
        (string, string)[][] kinds = [[("A", "1"), ("B", "9")], [("A", "1"), ("B", "1")], [("A", "2"), ("B", "1")], [("B", "2"), ("C", "1")]];
        bool Wants(int follower, int kind) => follower switch
        {
            0 => kind is 0 or 1,
            1 => kind is 1 or 2,
            2 => kind is 2 or 3,
            3 => kind is 3,
            _ => true,
        };
        EntrySink[] sinks = [.. wanted.Select(_ => new EntrySink())];
        _journal.Write(Enumerable.Range(0, 40).Select(i => Entry(i, kinds[i % 4])));
        _journal.Finish();
        for (int i = 0; i < sinks.Length; i++) Follow(sinks[i], 0, wanted[i]);
        foreach (EntrySink sink in sinks) sink.WaitForEnd();
        _journal.Write(Enumerable.Range(40, 40).Select(i => Entry(i, kinds[i % 4])));
        for (int i = 0; i < sinks.Length; i++)
        {
            string[] all = [.. Enumerable.Range(0, 80).Where(n => Wants(i, n % 4)).Select(n => $"app: m{n}")];
            sinks[i].WaitForTexts(all.Length);
            Assert.Equal(all, sinks[i].Texts);
        }
    }

    [Fact]
    public void Many_followers_share_one_view()
    {
        EntrySink[] sinks = [.. Enumerable.Range(0, 100).Select(_ => new EntrySink())];
        _journal.Write(Enumerable.Range(0, 100).Select(i => Entry(i, ("A", $"{i}"))));
        _journal.Finish();
        for (int i = 0; i < sinks.Length; i++) Follow(sinks[i], 0, $"A={i}");
        foreach (EntrySink sink in sinks) sink.WaitForEnd();
        int instances = Directory.GetFiles("/proc/self/fd").Count(file => new FileInfo(file).LinkTarget == "anon_inode:inotify");
        Assert.InRange(instances, 1, 8); // other tests may run beside this one
        _journal.Write(Enumerable.Range(100, 100).Select(i => Entry(i, ("A", $"{i - 100}"))));
        for (int i = 0; i < sinks.Length; i++) Assert.Equal([$"app: m{i}", $"app: m{i + 100}"], sinks[i].WaitForTexts(2));
    }

    [Fact]
    public void Nothing_up_to_the_remembered_time_comes_again()
    {
        _journal.Write(Enumerable.Range(0, 10).Select(i => Entry(i)));
        _journal.Finish();
        var first = new EntrySink();
        LogSubscription subscription = Follow(first);
        first.WaitForEnd();
        subscription.Dispose();
        LogPosition position = subscription.Position;
        Assert.Equal(Start + 9, position.Offset);
        Assert.Equal(JournalTime.Text(Start + 9, TimeZoneInfo.Local), position.FirstLineHash);

        var second = new EntrySink();
        Follow(second, position.Offset);
        second.WaitForEnd();
        Assert.Empty(second.Texts);
        _journal.Write(Entry(10));
        Assert.Equal(["app: m10"], second.WaitForTexts(1));
    }

    [Fact]
    public void A_slow_sink_misses_nothing_and_delays_nobody()
    {
        const int Count = 6_000;
        var slow = new EntrySink();
        var quick = new EntrySink();
        _journal.Write(Entry(0));
        Follow(slow);
        Follow(quick);
        slow.WaitForTexts(1);
        quick.WaitForTexts(1);
        slow.Hold();
        // One by one at first, so that the slow one is in step when it has no room any more.
        for (int i = 1; i <= 20; i++)
        {
            _journal.Write(Entry(i));
            quick.WaitForTexts(i + 1);
        }

        _journal.Write(Enumerable.Range(21, Count - 21).Select(i => Entry(i)));
        quick.WaitForTexts(Count);
        Assert.Equal(LogSubscription.MaximumOutstanding, slow.HeldCount);
        slow.LetGo();
        slow.WaitForTexts(Count);
        _journal.Write(Entry(Count));
        slow.WaitForTexts(Count + 1);
        quick.WaitForTexts(Count + 1);
        Assert.Equal(Enumerable.Range(0, Count + 1).Select(i => $"app: m{i}"), slow.Texts);
        Assert.Equal(slow.Texts, quick.Texts);
    }

    [Theory]
    [InlineData("journalpath", "")]
    [InlineData("journalfiles", "/s*.journal")]
    public void A_file_that_is_archived_is_followed_by_its_successor(string parameter, string suffix)
    {
        var sink = new EntrySink();
        _journal.Write(Entry(0));
        Follow(sink, Parameters((parameter, _journal.Folder + suffix)));
        sink.WaitForTexts(1);
        for (int i = 1; i < 5; i++)
        {
            _journal.Write(Entry(2 * i));
            _journal.Rotate(i);
            _journal.Write(Entry(2 * i + 1));
            sink.WaitForTexts(2 * i + 1);
        }

        Assert.Equal([0, .. Enumerable.Range(2, 8)], sink.Texts.Select(text => int.Parse(text["app: m".Length..], null)));
    }

    [Fact]
    public void Archived_files_are_read_only_if_that_is_asked_for()
    {
        _journal.Write(Entry(0));
        _journal.Rotate(1);
        File.SetLastWriteTimeUtc(Path.Combine(_journal.Folder, "system@0123-1.journal"), DateTime.UnixEpoch);
        _journal.Write(Entry(1));
        _journal.Finish();
        var sink = new EntrySink();
        var all = new EntrySink();
        Follow(sink, Parameters(("journalpath", _journal.Folder)));
        Follow(all, Parameters(("journalpath", _journal.Folder), ("rotated", "on")));
        sink.WaitForEnd();
        all.WaitForEnd();
        Assert.Equal(["app: m1"], sink.Texts);
        Assert.Equal(["app: m0", "app: m1"], all.Texts);
    }

    [Fact]
    public void A_damaged_file_does_not_hide_the_others_and_is_read_when_it_is_whole()
    {
        string other = Path.Combine(_journal.Folder, "user-1.journal");
        _journal.Write(Entry(1));
        _journal.Finish();
        byte[] whole = File.ReadAllBytes(_journal.CurrentFile);
        File.Move(_journal.CurrentFile, other);
        _journal.Write(Entry(0));
        _journal.Finish();
        File.WriteAllBytes(other, whole[..100]);
        var sink = new EntrySink();
        Follow(sink, Parameters(("journalpath", _journal.Folder)));
        Assert.Equal(["app: m0"], sink.WaitForTexts(1));
        File.WriteAllBytes(other, whole);
        Assert.Equal(["app: m0", "app: m1"], sink.WaitForTexts(2));
    }

    [Fact]
    public async Task Of_a_file_that_was_cut_or_overwritten_what_is_left_is_read_and_other_files_go_on()
    {
        string damaged = Path.Combine(_journal.Folder, "user-1.journal");
        _journal.Write(Enumerable.Range(0, 2000).Select(i => Entry(i)));
        _journal.Finish();
        byte[] whole = File.ReadAllBytes(_journal.CurrentFile);
        string[] all = [.. Enumerable.Range(0, 2000).Select(i => $"app: m{i}")];
        File.Delete(_journal.CurrentFile);
        var random = new Random(7);
        for (int round = 0; round < 8; round++)
        {
            byte[] bytes = round % 2 == 0 ? whole[..(whole.Length * (round + 1) / 9)] : [.. whole];
            if (round % 2 == 1) random.NextBytes(bytes.AsSpan(bytes.Length * round / 9, 4096));
            // As another file: of one that is cut while it is mapped the kernel tells every reader by SIGBUS.
            File.Delete(damaged);
            File.WriteAllBytes(damaged, bytes);
            _journal.Write(Entry(5000 + round));
            var sink = new EntrySink();
            LogSubscription subscription = Follow(sink, Parameters(("journalpath", _journal.Folder)));
            _journal.Write(Entry(6000 + round));
            sink.WaitForText($"app: m{5000 + round}", State);
            sink.WaitForText($"app: m{6000 + round}", State);
            Assert.Empty(sink.Texts.Where(text => !text.StartsWith("app: m5", StringComparison.Ordinal) && !text.StartsWith("app: m6", StringComparison.Ordinal)).Except(all));
            await Task.Delay(300, TestContext.Current.CancellationToken); // in which nothing happens to the files
            int reopened = _messages.All.Count(static text => text.Contains("Journal rotation detected", StringComparison.Ordinal));
            Assert.True(reopened <= 3 * (round + 1), $"{State()}: opened anew {reopened} times");
            subscription.Dispose();

            string State() => $"round {round}, {subscription.LastError}, {string.Join('\n', _messages.All)}";
        }
    }

    // The end could be told while the thread took its last change, and was then not heard.
    [Fact]
    public async Task An_end_right_behind_that_of_the_last_follower_is_heard()
    {
        _journal.Write(Entry(0));
        _journal.Finish();
        for (int i = 0; i < 400; i++)
        {
            var watcher = new JournalWatcher(new Log(_messages, "test"), TimeProvider.System);
            LogSubscription subscription = watcher.Subscribe(new JournalRequest(Parameters(("journalfiles", _journal.CurrentFile)), [], new EntrySink()));
            subscription.Dispose();
            for (int spins = i % 40; spins > 0; spins--) Thread.SpinWait(200);
            await Task.Run(watcher.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Huge_and_unreadable_messages_become_bounded_lines()
    {
        byte[] huge = new byte[3_000_000];
        Array.Fill(huge, (byte)0xFF);
        _journal.Write(
            new SampleEntry(Start, 1, ("MESSAGE", huge), ("SYSLOG_IDENTIFIER", new byte[100_000])),
            new SampleEntry(Start + 1, 2, ("MESSAGE", Encoding.UTF8.GetBytes("a\nb\0c\xFFFF")), ("SYSLOG_IDENTIFIER", "x"u8.ToArray())));
        _journal.Finish();
        var sink = new EntrySink();
        Follow(sink);
        sink.WaitForEnd();
        Assert.Equal(2, sink.Texts.Length);
        Assert.InRange(sink.Texts[0].Length, 200_000, 300_000);
        Assert.Equal("x: a\\nb\0c\xFFFF", sink.Texts[1]);
    }

    [Fact]
    public async Task It_ends_at_once_while_it_waits()
    {
        _journal.Write(Entry(0));
        var sink = new EntrySink();
        Follow(sink);
        sink.WaitForEnd();
        // Not told, it would look after five seconds only.
        await Task.Run(_watcher.Dispose, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_said_and_waited_for()
    {
        string folder = Path.Combine(_journal.Folder, "later");
        var sink = new EntrySink();
        LogSubscription subscription = Follow(sink, Parameters(("journalpath", folder)));
        await _messages.WaitForAsync("Unable to read systemd-journal: sd_journal_open_directory(");
        Assert.Contains("No such file or directory", Parameters(("journalpath", folder)).Problem(), StringComparison.Ordinal);
        _journal.Write(Entry(0));
        _journal.Finish();
        Directory.CreateDirectory(folder);
        File.Move(_journal.CurrentFile, Path.Combine(folder, "system.journal"));
        Assert.Equal(["app: m0"], sink.WaitForTexts(1));
        await _messages.WaitForAsync("systemd-journal can be read again");
        Assert.Null(subscription.LastError);
    }

    private LogSubscription Follow(EntrySink sink, long after = 0, params string[] match)
    {
        Assert.True(JournalMatch.TryParse(match, out IReadOnlyList<IReadOnlyList<string>>? groups));
        return _watcher.Subscribe(new JournalRequest(Parameters(("journalfiles", _journal.CurrentFile)), groups, sink) { After = after });
    }

    private LogSubscription Follow(EntrySink sink, JournalParameters parameters) => _watcher.Subscribe(new JournalRequest(parameters, [], sink));

    private static JournalParameters Parameters(params (string Name, string Value)[] given)
    {
        Assert.True(JournalParameters.TryParse(given.ToDictionary(one => one.Name, one => one.Value), null, out JournalParameters? parameters, out string error), error);
        return parameters;
    }

    private static SampleEntry Entry(int number, params (string, string)[] more) =>
        SampleEntry.Of(Start + number, [("MESSAGE", $"m{number}"), ("SYSLOG_IDENTIFIER", "app"), .. more]);
}
