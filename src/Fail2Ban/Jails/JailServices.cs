using Fail2Ban.Addresses;
using Fail2Ban.Detection.Sources.Files;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Store;

namespace Fail2Ban.Jails;

/// <summary>What all jails of the process share.</summary>
/// <remarks>Thread safety: any thread; <see cref="Store"/> is set before the first jail is added.</remarks>
/// <param name="log">The server's log; each component writes under the original's logger name.</param>
/// <param name="time">The clock.</param>
public sealed class JailServices(Log log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan NamePatience = TimeSpan.FromSeconds(5);

    private readonly Lock _making = new();
    private FileWatcher? _watcher;
    private JournalWatcher? _journal;
    private ShellRunner? _shell;
    private Enforcer? _enforcer;
    private DnsResolver? _resolver;
    private OwnAddresses? _own;
    private ClockWatch? _clock;
    private Task<string>? _fullName;

    /// <summary>The server's log.</summary>
    public Log Log => log;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The database; null while <c>dbfile</c> is None.</summary>
    public BanStore? Store { get; set; }

    /// <summary>Whether IPv6 is handled at all (<c>allowipv6</c>).</summary>
    public bool IPv6Allowed
    {
        get => Resolver.IPv6Allowed;
        set => Resolver.IPv6Allowed = value;
    }

    // Each of these starts a thread: it is made with the first jail that needs it.

    /// <summary>Follows log files.</summary>
    public FileWatcher Watcher => Make(ref _watcher, () => new FileWatcher(log, time));

    /// <summary>Follows the systemd journal.</summary>
    public JournalWatcher Journal => Make(ref _journal, () => new JournalWatcher(log, time));

    /// <summary>Runs shell commands.</summary>
    public ShellRunner Shell => Make(ref _shell, () => new ShellRunner(log, time));

    /// <summary>Changes the system for all jails.</summary>
    public Enforcer Enforcer => Make(ref _enforcer, () => new Enforcer(Shell, log, time));

    /// <summary>Asks DNS.</summary>
    public DnsResolver Resolver => Make(ref _resolver, () => new DnsResolver(log, time));

    /// <summary>This host's full name; its own one where DNS does not tell in time.</summary>
    internal string FullHostName()
    {
        Task<string> asked = Make(ref _fullName, AskFullName);
        return asked.Wait(NamePatience) ? asked.Result : ActionContext.ShortHostName();
    }

    /// <summary>This host's own addresses.</summary>
    public OwnAddresses Own => Make(ref _own, () => new OwnAddresses(Resolver, time));

    /// <summary>Begins to watch the clock, once.</summary>
    /// <param name="set">Told by how much it was set, back where negative.</param>
    internal void WatchClock(Action<TimeSpan> set) => Make(ref _clock, () => new ClockWatch(time, set));

    /// <summary>Ends everything that was made, the database last.</summary>
    public async ValueTask DisposeAsync()
    {
        _clock?.Dispose();
        _watcher?.Dispose();
        _journal?.Dispose();
        if (_enforcer is not null) await _enforcer.DisposeAsync();
        _shell?.Dispose();
        _resolver?.Dispose();
        if (Store is not null) await Store.DisposeAsync();
    }

    // The C library looks names up, on a thread that it may hold for long: not one of the pool. Asked once, as there.
    private static Task<string> AskFullName() => Task.Factory.StartNew(
        static () =>
        {
            try
            {
                return System.Net.Dns.GetHostEntry(ActionContext.ShortHostName()).HostName;
            }
            catch (System.Net.Sockets.SocketException)
            {
                return ActionContext.ShortHostName();
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    private T Make<T>(ref T? service, Func<T> make)
        where T : class
    {
        lock (_making) return service ??= make();
    }
}
