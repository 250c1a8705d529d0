using System.Net;
using System.Net.Sockets;
using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Client;
using Fail2Ban.Daemon;
using Fail2Ban.Native.Libc;
using Fail2Ban.RegexTool;
using Fail2Ban.Values;

// One program with three names: it acts by the one it was started under, or by its first word.
string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
IReadOnlyList<string> words = args;
if (name is not ("fail2ban-server" or "fail2ban-client" or "fail2ban-regex"))
{
    if (words is not [("server" or "client" or "regex") and var part, ..])
    {
        Writer(StandardStream.Error).Write("Usage: fail2ban server|client|regex [OPTIONS] [COMMAND]\n       fail2ban-server, fail2ban-client and fail2ban-regex are the same.\n");
        return 255;
    }

    name = $"fail2ban-{part}";
    words = [.. words.Skip(1)];
}

bool mayColour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
if (name == "fail2ban-regex")
{
    StartWithoutCollections();
    return RegexTool.Run(words, new RegexToolHost(
        StandardStream.Input, StandardStream.Output, StandardStream.Error, TimeProvider.System, Resolve)
    {
        NameOf = NameOf,
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        UseColours = mayColour,
    });
}

var host = new ClientHost(
    Writer(StandardStream.Output), Writer(StandardStream.Error), new StreamReader(StandardStream.Input), TimeProvider.System, RunServer, Release.Build)
{
    CheckStream = stream => ConfigurationCheck.Run(stream, TimeProvider.System),
    ColoursOutput = mayColour && !Console.IsOutputRedirected,
    ColoursError = mayColour && !Console.IsErrorRedirected,
    IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
};
return ClientProgram.Run(name, words, host);

// A short program that makes most of its objects at its start, and keeps them: a collection would hold up its threads and find
// little. Behind these 16 MiB it is collected as usual.
static void StartWithoutCollections()
{
    try
    {
        GC.TryStartNoGCRegion(16 << 20, disallowFullBlockingGC: true);
    }
    catch (ArgumentOutOfRangeException)
    {
        // More than the memory that the host grants.
    }
}

// Each line at once: what is printed and what is said on standard error stay in their order.
static StreamWriter Writer(StandardStream stream) => new(stream, new UTF8Encoding(false)) { AutoFlush = true };

static int RunServer(ServerStart start) => ServerProcess.Run(
    new DaemonOptions(start.Socket, start.PidFile, start.LogLevel, start.LogTarget, start.SyslogSocket, start.Force, start.Verbosity, start.Background, start.ProcessName),
    TimeProvider.System);

static IReadOnlyList<FailureId> Resolve(string host)
{
    try
    {
        return [.. Dns.GetHostAddresses(host).Select(address => FailureId.Of(IpRange.Create(address)))];
    }
    catch (SocketException)
    {
        return [];
    }
}

static string? NameOf(FailureId address)
{
    try
    {
        return address.Range is { IsSingle: true } range ? Dns.GetHostEntry(new IPAddress(range.GetAddressBytes())).HostName : null;
    }
    catch (SocketException)
    {
        return null;
    }
}
