using System.Buffers;
using System.Text;
using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Tests.Detection.Lines;

public sealed class LineBlockTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("\n", new[] { "" })]
    [InlineData("a\n\nbc\n", new[] { "a", "", "bc" })]
    public void Lines_come_one_after_the_other(string text, string[] expected)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
        var block = new LineBlock("x", buffer, Encoding.UTF8.GetBytes(text, buffer));
        var seen = new List<string>();
        foreach (LogLine line in block)
        {
            Assert.Equal((byte)'\n', line.Terminated[^1]);
            Assert.Null(line.Time);
            seen.Add(Encoding.UTF8.GetString(line.Text));
        }

        Assert.Equal(expected, seen);
        Assert.Equal(expected.Length, block.Count);
    }

    [Fact]
    public void Journal_entries_carry_their_time_and_printed_date()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64);
        int length = Encoding.UTF8.GetBytes("D1 one\nD2 two\n", buffer);
        JournalEntry[] entries = ArrayPool<JournalEntry>.Shared.Rent(2);
        entries[0] = new JournalEntry(0, 3, 7, DateTimeOffset.UnixEpoch);
        entries[1] = new JournalEntry(7, 10, 14, DateTimeOffset.UnixEpoch.AddSeconds(1));
        var block = new LineBlock("systemd-journal", buffer, length, entries, 2);
        var seen = new List<string>();
        foreach (LogLine line in block) seen.Add($"{Encoding.UTF8.GetString(line.Date)}|{Encoding.UTF8.GetString(line.Text)}|{line.Time!.Value.ToUnixTimeSeconds()}");
        Assert.Equal(["D1 |one|0", "D2 |two|1"], seen);
        Assert.Equal(2, block.Count);
    }

    [Fact]
    public void Releasing_more_often_than_taking_is_an_error()
    {
        var block = new LineBlock("x", ArrayPool<byte>.Shared.Rent(1), 0);
        block.AddReference();
        block.Release();
        block.Release();
        Assert.Throws<InvalidOperationException>(block.Release);
    }
}
