using System.Collections.Concurrent;
using System.Diagnostics;
using Fail2Ban.Logging;
using Fail2Ban.Processes;

namespace Fail2Ban.Tests.Processes;

public sealed class ShellRunnerTests : IDisposable
{
    private readonly Sink _sink = new();
    private readonly ShellRunner _runner;

    public ShellRunnerTests() => _runner = new ShellRunner(new Log(_sink, "test"), TimeProvider.System);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _runner.Dispose();

    [Fact]
    public async Task Output_and_exit_code_are_those_of_the_command()
    {
        ShellResult result = await _runner.RunAsync(new ShellCommand("echo a; echo b >&2; exit 3"), Stop);
        Assert.Equal(new ShellResult(false, 3, false, "a\n", "b\n"), result);
        Assert.Equal(
            ["Error -- exec: echo a; echo b >&2; exit 3", "Error -- stdout: 'a'", "Error -- stderr: 'b'", "Error -- returned 3"], _sink.Sentences);
    }

    [Fact]
    public async Task Arguments_are_not_interpreted()
    {
        ShellResult result = await _runner.RunAsync(new ShellCommand("f2bV_a=$0 \nprintf '%s|' \"$f2bV_a\" \"$1\"; exit 1", ["x;id\n$(id)", "b c"]), Stop);
        Assert.Equal("x;id\n$(id)|b c|", result.Output);
        Assert.StartsWith("Error -- exec: ['f2bV_a=$0 \\n", _sink.Sentences[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kill -9 $$", -9, "Error -- killed with SIGKILL (return code: -9)")]
    [InlineData("exit 130", 130, "Error -- killed with SIGINT (return code: 130)")]
    [InlineData("exit 1", 1, "Error -- returned 1")]
    public async Task End_is_named_as_the_original_does(string text, int code, string sentence)
    {
        ShellResult result = await _runner.RunAsync(new ShellCommand(text), Stop);
        Assert.Equal(code, result.ExitCode);
        Assert.Equal(sentence, _sink.Sentences[^1]);
    }

    [Fact]
    public async Task Missing_command_gets_a_hint()
    {
        await _runner.RunAsync(new ShellCommand("nosuchcommand-f2b"), Stop);
        Assert.Contains(_sink.Sentences, text => text.StartsWith("Info HINT on 127: \"Command not found\".  Make sure that all commands in 'nosuchcommand-f2b' are in the PATH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Other_success_codes_are_no_failure()
    {
        ShellResult result = await _runner.RunAsync(new ShellCommand("exit 1") { SuccessCodes = [0, 1] }, Stop);
        Assert.True(result.Succeeded);
        Assert.DoesNotContain(_sink.Sentences, text => text.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hung_command_is_killed_with_everything_it_started()
    {
        string file = Path.GetTempFileName();
        var watch = Stopwatch.StartNew();
        ShellResult result = await _runner.RunAsync(
            new ShellCommand($"trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > {file}; sleep 60; sleep 60' & sleep 60; sleep 60") { Timeout = TimeSpan.FromSeconds(3) }, Stop);
        Assert.True(result.TimedOut);
        Assert.Equal(-9, result.ExitCode);
        Assert.InRange(watch.Elapsed.TotalSeconds, 3.1, 30);
        Assert.Contains("Error -- timed out after 3 seconds.", _sink.Sentences);
        Assert.Contains("Error -- killed with SIGKILL (return code: -9)", _sink.Sentences);
        int grandchild = int.Parse((await File.ReadAllTextAsync(file, Stop)).Trim());
        Assert.True(await EventuallyAsync(() => IsGone(grandchild)), $"process {grandchild} lives");
        File.Delete(file);
    }

    [Fact]
    public async Task Cancelled_command_is_killed_at_once()
    {
        using var stop = new CancellationTokenSource();
        Task<ShellResult> running = _runner.RunAsync(new ShellCommand("sleep 60"), stop.Token);
        await stop.CancelAsync();
        ShellResult result = await running.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop);
        Assert.Equal(-9, result.ExitCode);
        Assert.False(result.TimedOut);
    }

    [Fact]
    public async Task Something_left_in_the_background_is_not_waited_for()
    {
        var watch = Stopwatch.StartNew();
        ShellResult result = await _runner.RunAsync(new ShellCommand("sleep 60 & echo done"), Stop);
        Assert.Equal("done\n", result.Output);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Children_inherit_no_descriptor_no_ignored_signal_and_have_a_session_of_their_own()
    {
        // Without CLOEXEC, as a native library might open one.
        using var inherited = new Microsoft.Win32.SafeHandles.SafeFileHandle(Dup(0), ownsHandle: true);
        ShellResult result = await _runner.RunAsync(
            new ShellCommand("ls /proc/self/fd | wc -l; grep -E 'SigIgn|SigBlk' /proc/self/status; readlink /proc/self/fd/0; cut -d' ' -f6 /proc/$$/stat; echo $$"), Stop);
        string[] lines = result.Output.Split('\n');
        Assert.Equal("4", lines[0].Trim()); // 0, 1, 2 and the one by which ls reads the folder
        Assert.EndsWith("0000000000000000", lines[1], StringComparison.Ordinal); // SigBlk
        const ulong libc = 0x180000000; // its own signals 32 and 33
        Assert.Equal(0UL, ulong.Parse(lines[2].AsSpan("SigIgn:".Length).Trim(), System.Globalization.NumberStyles.HexNumber) & ~libc);
        Assert.Equal("/dev/null", lines[3]);
        Assert.Equal(lines[5], lines[4]);
    }

    [Fact]
    public async Task Two_hundred_commands_at_once_all_end()
    {
        ShellResult[] results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _runner.RunAsync(new ShellCommand($"echo {i}"), Stop)));
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"{i}\n"), results.Select(result => result.Output));
    }

    [Fact]
    public async Task Too_long_a_command_is_an_error_and_nothing_else()
    {
        ShellResult result = await _runner.RunAsync(new ShellCommand("true " + new string('x', 200_000)), Stop);
        Assert.False(result.Succeeded);
        Assert.Null(result.ExitCode);
        Assert.StartsWith("Error -- failed with [Errno 7] Argument list too long", _sink.Sentences[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_reaches_the_command()
    {
        ShellResult result = await _runner.RunAsync(new ShellCommand("cat") { Input = "over there"u8.ToArray() }, Stop);
        Assert.Equal("over there", result.Output);
    }

    [Fact]
    public async Task After_the_end_nothing_is_started_and_nobody_waits()
    {
        Task<ShellResult> hung = _runner.RunAsync(new ShellCommand("sleep 60"), Stop);
        _runner.Dispose();
        Assert.False((await hung.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop)).Succeeded);
        Assert.False((await _runner.RunAsync(new ShellCommand("true"), Stop).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Stop)).Succeeded);
    }

    [Fact]
    public async Task Detached_program_runs_under_the_name_it_is_given()
    {
        string file = Path.GetTempFileName();
        int pid = DetachedProcess.Start("/bin/sh", ["f2b-name", "-c", $"tr '\\0' ' ' < /proc/$$/cmdline > {file}; echo $F2B_X >> {file}; echo ok >> {file}"], ["F2B_X=y", "PATH=/usr/bin:/bin"], false, out string error);
        Assert.Equal("", error);
        Assert.True(pid > 0);
        Assert.True(await EventuallyAsync(() => File.ReadAllText(file).EndsWith("ok\n", StringComparison.Ordinal)));
        string text = await File.ReadAllTextAsync(file, Stop);
        Assert.StartsWith("f2b-name -c", text, StringComparison.Ordinal);
        Assert.EndsWith("y\nok\n", text, StringComparison.Ordinal);
        Assert.Equal(0, DetachedProcess.Start("/nonexistent/program", ["x"], null, false, out error));
        Assert.Equal("posix_spawn(/nonexistent/program): No such file or directory", error);
        File.Delete(file);
    }

    private static bool IsGone(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/status").Contains("State:\tZ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static async Task<bool> EventuallyAsync(Func<bool> condition)
    {
        for (int i = 0; i < 200 && !condition(); i++) await Task.Delay(25, Stop);
        return condition();
    }

    private static int Dup(int descriptor) => NativeDup.Dup(descriptor);

    internal sealed class Sink : ILogSink
    {
        private readonly ConcurrentQueue<string> _messages = [];

        public LogLevel Threshold => LogLevel.Debug;

        // Without the id.
        public string[] Sentences => [.. _messages];

        public void Write(LogLevel level, string logger, string message)
        {
            int dashes = message.IndexOf("-- ", StringComparison.Ordinal);
            _messages.Enqueue($"{level} {(dashes is > 0 and < 12 ? message[dashes..] : message)}");
        }
    }
}
