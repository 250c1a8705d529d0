using System.Runtime.InteropServices;
using Fail2Ban.Control.Commands;
using Fail2Ban.Control.Wire;
using Fail2Ban.Jails;
using Fail2Ban.Logging;
using Fail2Ban.Native.Libc;
using Fail2Ban.Values;
using FileMode = Fail2Ban.Native.Libc.FileMode;

namespace Fail2Ban.Daemon;

/// <summary>The server's life: log, socket, pid file, signals, and the orderly end.</summary>
/// <remarks>The process starts empty; whoever starts it sends the configuration over the socket.</remarks>
public sealed class ServerProcess : IDisposable
{
    private const PosixSignal SIGUSR1 = (PosixSignal)10;
    private const uint OwnerOnly = 0b000_111_111;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ServerLog _serverLog;
    private readonly Log _log;
    private readonly TimeProvider _time;
    private readonly JailServices _services;
    private readonly CommandDispatcher _dispatcher;
    private readonly ServiceManager _manager;
    private readonly Readiness _readiness;
    private readonly MemoryCare _memory;
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _stopping = new();
    private volatile ControlListener? _listener;
    private volatile PidFile? _pidFile;
    private Task? _stop;

    private ServerProcess(ServerLog log, TimeProvider time)
    {
        _serverLog = log;
        _time = time;
        _log = new Log(log, "fail2ban.server");
        _services = new JailServices(_log, time);
        var jails = new JailSet(_services);
        _manager = ServiceManager.FromEnvironment(time);
        _readiness = new Readiness(_manager, jails, time);
        _memory = new MemoryCare(time);
        _dispatcher = new CommandDispatcher(jails, log, time, StopAsync, new LifeSigns(_manager.Reloading, _readiness.Configured));
    }

    /// <summary>Runs until a signal or the command <c>stop</c> ends it.</summary>
    /// <param name="options">Socket, pid file and log.</param>
    /// <param name="time">The clock.</param>
    /// <returns>0, or 255 where it could not start.</returns>
    public static int Run(DaemonOptions options, TimeProvider time)
    {
        SetName(options.ProcessName);
        if (options.Background)
        {
            FileMode.Umask(OwnerOnly);
            Directory.SetCurrentDirectory("/");
        }

        using var log = new ServerLog(time) { Verbosity = options.Verbosity };
        if (!log.SetLevel(options.LogLevel, out string wrongLevel))
        {
            StandardError.Say($"ERROR: {wrongLevel}");
            return 255;
        }

        log.SetSyslogSocket(options.SyslogSocket);
        if (!log.SetTarget(options.LogTarget, out string wrongTarget))
        {
            StandardError.Say($"ERROR: log target {options.LogTarget}: {wrongTarget}");
            return 255;
        }

        using var process = new ServerProcess(log, time);
        return process.RunAsync(options, time).GetAwaiter().GetResult();
    }

    /// <summary>Ends what is left.</summary>
    public void Dispose()
    {
        _memory.Dispose();
        _readiness.Dispose();
        _manager.Dispose();
        _dispatcher.Dispose();
        _ended.Dispose();
    }

    private async Task<int> RunAsync(DaemonOptions options, TimeProvider time)
    {
        _log.Starting(Release.Compatible);
        // Before there is anything that a sudden end would leave behind.
        Signals.AcceptInterrupt();
        using PosixSignalRegistration terminate = OnSignal(PosixSignal.SIGTERM, () => _ = StopAsync());
        using PosixSignalRegistration interrupt = OnSignal(PosixSignal.SIGINT, () => _ = StopAsync());
        using PosixSignalRegistration hangUp = OnSignal(PosixSignal.SIGHUP, static () => { });
        using PosixSignalRegistration flush = OnSignal(SIGUSR1, () => _serverLog.Flush());
        try
        {
            var log = new Log(_serverLog, "fail2ban.asyncserver");
            _listener = ServiceManager.TakeListeningDescriptor() is { } descriptor
                ? ControlListener.Inherit(descriptor, time, log)
                : ControlListener.Bind(options.Socket, options.Force, time, log);
        }
        catch (ControlException error)
        {
            _log.NotStarted(error.Message);
            return 255;
        }

        if (!Capabilities.MayChangeTheFirewall()) _log.MayNotChangeTheFirewall();
        await using ControlListener listener = _listener;
        using PidFile? pidFile = _pidFile = PidFile.TryWrite(options.PidFile, out string reason);
        if (pidFile is null) _log.NoPidFile(options.PidFile, reason);
        await listener.RunAsync((request, _) => _dispatcher.AnswerAsync(request), _ended.Token);
        await StopAsync();
        await listener.FinishAsync(); // who said stop is to hear of it
        _log.Exiting();
        return 0;
    }

    private static PosixSignalRegistration OnSignal(PosixSignal signal, Action action) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true; // not the runtime's default, which ends the process at once
        action();
    });

    // The runtime does not rename the main thread, which gives the process its name; the kernel takes it from here too.
    private static void SetName(string name)
    {
        try
        {
            File.WriteAllText("/proc/self/comm", name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Without /proc it is shown under the name of its program.
        }
    }

    /// <summary>Takes all bans out of force, ends all jails and the store; then the socket closes. Any number of callers share one end.</summary>
    private Task StopAsync()
    {
        lock (_stopping) return _stop ??= Task.Run(StopOnceAsync);
    }

    private async Task StopOnceAsync()
    {
        _log.ShuttingDown();
        _manager.Stopping();
        _listener?.Shutdown();
        try
        {
            _log.StoppingJails();
            Task closed = _dispatcher.CloseAsync();
            // Many bans in a slow firewall: what takes long, but goes on, is not to be killed halfway.
            while (await Task.WhenAny(closed, Task.Delay(Patience / 4, _time)) != closed) _manager.Extend(Patience, "taking bans out of force");
            await closed;
            await _services.DisposeAsync();
        }
        catch (Exception error)
        {
            _log.StopFailed(error);
        }
        finally
        {
            // Before anybody is told that it has ended, who may start the next one at once.
            _pidFile?.Dispose();
            _listener?.Withdraw();
            await _ended.CancelAsync();
        }
    }
}
