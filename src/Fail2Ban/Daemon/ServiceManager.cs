using System.Globalization;
using System.Net.Sockets;

namespace Fail2Ban.Daemon;

/// <summary>What systemd is told over NOTIFY_SOCKET; see sd_notify(3). Without that variable nothing is done.</summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class ServiceManager : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _address;

    private ServiceManager(TimeProvider time, Socket? socket, UnixDomainSocketEndPoint? address, TimeSpan? watchdog)
    {
        _time = time;
        _socket = socket;
        _address = address;
        Watchdog = watchdog;
    }

    /// <summary>How often it wants to hear of us, at the least; null for never.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>Reads the environment, and takes the variables out of it: they are not for our children.</summary>
    public static ServiceManager FromEnvironment(TimeProvider time)
    {
        string? path = Take("NOTIFY_SOCKET");
        string? interval = Take("WATCHDOG_USEC");
        string? pid = Take("WATCHDOG_PID");
        if (path is null || path.Length < 2 || path[0] is not ('/' or '@')) return new ServiceManager(time, null, null, null);
        TimeSpan? watchdog = long.TryParse(interval, CultureInfo.InvariantCulture, out long microseconds) && microseconds > 0 && (pid is null || pid == Own())
            ? TimeSpan.FromMicroseconds(microseconds)
            : null;
        var address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        return new ServiceManager(time, new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 }, address, watchdog);
    }

    /// <summary>A descriptor on which it listens for us already (ListenStream of a socket unit), or null; see sd_listen_fds(3).</summary>
    public static int? TakeListeningDescriptor()
    {
        const int first = 3;
        string? pid = Take("LISTEN_PID");
        string? text = Take("LISTEN_FDS");
        string[] names = Take("LISTEN_FDNAMES")?.Split(':') ?? [];
        if (pid != Own() || !int.TryParse(text, CultureInfo.InvariantCulture, out int count) || count < 1) return null;
        int named = Array.IndexOf(names, "fail2ban");
        if (named >= 0 && named < count) return first + named;
        return count == 1 ? first : null;
    }

    /// <summary>The configuration is in force.</summary>
    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>The configuration changes; <see cref="Ready"/> follows.</summary>
    public void Reloading() => Send(string.Create(CultureInfo.InvariantCulture,
        $"RELOADING=1\nMONOTONIC_USEC={_time.GetTimestamp() / (_time.TimestampFrequency / 1_000_000)}\nSTATUS=reading the configuration"));

    /// <summary>The end begins.</summary>
    public void Stopping() => Send("STOPPING=1\nSTATUS=taking bans out of force");

    /// <summary>All is well.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>What goes on takes long, but goes on.</summary>
    /// <param name="time">How much longer to be patient from now on.</param>
    /// <param name="status">What it is.</param>
    public void Extend(TimeSpan time, string status) =>
        Send(string.Create(CultureInfo.InvariantCulture, $"EXTEND_TIMEOUT_USEC={(long)time.TotalMicroseconds}\nSTATUS={status}"));

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        try
        {
            _socket?.SendTo(System.Text.Encoding.UTF8.GetBytes(message), _address!);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more; what it would have learned changes nothing for us.
        }
    }

    private static string Own() => Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static string? Take(string variable)
    {
        string? value = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, null);
        return value;
    }
}
