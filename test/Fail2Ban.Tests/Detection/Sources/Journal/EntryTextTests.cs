using System.Text;
using Fail2Ban.Detection.Sources.Journal;

namespace Fail2Ban.Tests.Detection.Sources.Journal;

public sealed class EntryTextTests
{
    private const long Received = 1_704_164_645_678_901;

    [Theory]
    [InlineData("srv sshd[12]: hello", "MESSAGE=hello", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd", "SYSLOG_PID=12")]
    [InlineData("srv sshd[13]: hello", "MESSAGE=hello", "_HOSTNAME=srv", "SYSLOG_IDENTIFIER=sshd", "_PID=13")]
    [InlineData("srv sshd[14]: hello", "MESSAGE=hello", "_HOSTNAME=srv", "_COMM=sshd", "_PID=13", "SYSLOG_PID=14")]
    [InlineData("srv hello", "MESSAGE=hello", "_HOSTNAME=srv", "_PID=13")]
    [InlineData("sshd: ", "SYSLOG_IDENTIFIER=sshd")]
    [InlineData("", "N=1")]
    [InlineData("c[3]: p", "MESSAGE=p", "SYSLOG_IDENTIFIER=", "_COMM=c", "_PID=3")]
    [InlineData("x: a\\nb\\n", "MESSAGE=a\nb\n", "SYSLOG_IDENTIFIER=x")]
    [InlineData("x: one two", "MESSAGE=one", "MESSAGE=two", "SYSLOG_IDENTIFIER=x")]
    [InlineData("x: one", "MESSAGE=one", "SYSLOG_IDENTIFIER=x", "SYSLOG_IDENTIFIER=y")]
    [InlineData("kernel: [   98.765432] up", "MESSAGE=up", "SYSLOG_IDENTIFIER=kernel", "_SOURCE_MONOTONIC_TIMESTAMP=98765432")]
    [InlineData("kernel: [    0.000007] up", "MESSAGE=up", "SYSLOG_IDENTIFIER=kernel")]
    [InlineData("kernel[5]: up", "MESSAGE=up", "SYSLOG_IDENTIFIER=kernel", "SYSLOG_PID=5")]
    [InlineData("x: a=b=c", "MESSAGE=a=b=c", "SYSLOG_IDENTIFIER=x")]
    public void A_line_is_composed_of_host_sender_and_message(string text, params string[] fields) => Assert.Equal(text, Compose(fields).Text);

    [Theory]
    [InlineData("2024-01-02T03:04:05.678901+00:00 ", "N=1")]
    [InlineData("2024-01-02T03:03:20+00:00 ", "_SOURCE_REALTIME_TIMESTAMP=1704164600000000")]
    [InlineData("2024-01-02T03:03:20.000100+00:00 ", "_SOURCE_REALTIME_TIMESTAMP=1704164600000100")]
    [InlineData("2024-01-02T03:04:05.678901+00:00 ", "_SOURCE_REALTIME_TIMESTAMP=junk")]
    [InlineData("2024-01-02T03:04:05.678901+00:00 ", "_SOURCE_REALTIME_TIMESTAMP=-1")]
    [InlineData("9999-12-28T12:26:40+00:00 ", "_SOURCE_REALTIME_TIMESTAMP=9223372036854775807")]
    public void The_time_is_that_of_the_source_where_it_tells_one(string date, string field) => Assert.Equal(date, Compose(field).Date);

    [Theory]
    [InlineData("007", "7")]
    [InlineData("0x1f", "31")]
    [InlineData("0X_1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("0b11", "3")]
    [InlineData(" 12 ", "12")]
    [InlineData("1_2", "12")]
    [InlineData("1__2", "1__2")]
    [InlineData("-5", "-5")]
    [InlineData("+5", "5")]
    [InlineData("0", "")]
    [InlineData("-0x0", "")]
    [InlineData("12a", "12a")]
    [InlineData("0x", "0x")]
    [InlineData("0o8", "0o8")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    public void A_process_id_is_printed_as_a_number_if_it_is_one(string text, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(ProcessNumber.Normalize(Encoding.UTF8.GetBytes(text))));

    [Fact]
    public void Bytes_that_are_no_text_are_replaced()
    {
        var fields = new EntryFields();
        fields.Take([.. "MESSAGE=a"u8, 0xFF, 0xE2, 0x82, (byte)'b', 0xF0, 0x9F]);
        Assert.Equal("a\uFFFD\uFFFDb\uFFFD", Compose(fields).Text);
    }

    private static (string Date, string Text) Compose(params string[] given)
    {
        var fields = new EntryFields();
        foreach (string field in given) fields.Take(Encoding.UTF8.GetBytes(field));
        return Compose(fields);
    }

    private static (string Date, string Text) Compose(EntryFields fields)
    {
        fields.RealTime = Received;
        fields.MonotonicTime = 7;
        var text = new EntryText(TimeZoneInfo.Utc);
        text.Compose(fields);
        string line = Encoding.UTF8.GetString(text.Bytes);
        Assert.Equal('\n', line[^1]);
        return (line[..text.DateLength], line[text.DateLength..^1]);
    }
}
