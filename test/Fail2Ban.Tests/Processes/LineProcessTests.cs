using System.Globalization;
using System.Text;
using Fail2Ban.Native.Libc;
using Fail2Ban.Processes;

namespace Fail2Ban.Tests.Processes;

public sealed class LineProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Poller _poller = new();
    private readonly List<string> _printed = [];

    public void Dispose() => _poller.Dispose();

    [Fact]
    public void Lines_go_in_and_come_out_also_if_they_are_longer_than_a_pipe()
    {
        using LineProcess process = Start("exec cat");
        string line = new('x', 40_000);
        Assert.True(process.Write(Encoding.ASCII.GetBytes($"one\n{line}\n"), Patience, CancellationToken.None));
        Assert.Equal("one", Read(process));
        Assert.Equal(line, Read(process));
        Assert.False(process.IsOver);
    }

    [Fact]
    public void A_program_that_does_not_read_is_not_waited_for_without_end()
    {
        using LineProcess process = Start("exec sleep 987");
        Assert.False(process.Write(new byte[1_000_000], TimeSpan.FromMilliseconds(100), CancellationToken.None));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.False(process.Write(new byte[1_000_000], Patience, stop.Token));
    }

    [Theory]
    [InlineData("echo $$; exit 7", 7)]
    [InlineData("trap '' TERM; echo $$; sleep 987", -9)]
    public void What_has_ended_or_was_killed_is_reaped(string program, int code)
    {
        using LineProcess process = Start(program);
        int pid = int.Parse(Read(process), CultureInfo.InvariantCulture);
        if (code == 7) Assert.False(TryRead(process, out _));
        else process.Kill();
        Assert.True(process.IsOver);
        Assert.Equal(code, process.ExitCode);
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public void Errors_without_end_do_not_keep_from_what_it_says()
    {
        using LineProcess process = Start("yes 'out of order' >&2 & echo ready; read line; echo $line");
        Assert.Equal("ready", Read(process));
        while (_printed.Count == 0) Assert.False(process.TryReadLine(Patience, out _));
        Assert.True(process.Write("go\n"u8, Patience, CancellationToken.None));
        Assert.Equal("go", Read(process));
        Assert.All(_printed, text => Assert.Equal("out of order", text));
    }

    [Fact]
    public void The_last_of_its_errors_is_told_without_an_end_of_line()
    {
        using LineProcess process = Start("printf 'first\nlast' >&2");
        Assert.False(TryRead(process, out _));
        Assert.Equal(["first", "last"], _printed);
    }

    [Fact]
    public void A_line_without_end_ends_it()
    {
        using LineProcess process = Start("yes | tr -d '\\n'");
        Assert.False(TryRead(process, out _));
        Assert.True(process.IsOver);
    }

    private LineProcess Start(string program)
    {
        LineProcess? process = LineProcess.TryStart("/bin/sh", ["sh", "-c", program], _poller, _printed.Add, out string error);
        Assert.True(process is not null, error);
        return process;
    }

    private static string Read(LineProcess process)
    {
        Assert.True(TryRead(process, out string line), "it has ended");
        return line;
    }

    // False where it has ended.
    private static bool TryRead(LineProcess process, out string line)
    {
        byte[] bytes;
        while (!process.TryReadLine(Patience, out bytes) && !process.IsOver) { }
        line = Encoding.ASCII.GetString(bytes);
        return bytes.Length > 0;
    }
}
