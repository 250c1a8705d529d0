using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Fail2Ban.Addresses;
using Fail2Ban.Client;
using Fail2Ban.Daemon;
using Fail2Ban.RegexTool;

// One program with three names: it acts by the one it was started under, or by its first word.
string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
IReadOnlyList<string> words = args;
if (name is not ("fail2ban-server" or "fail2ban-client" or "fail2ban-regex"))
{
    if (words is not [("server" or "client" or "regex") and var part, ..])
    {
        Console.Error.WriteLine("Usage: fail2ban server|client|regex [OPTIONS] [COMMAND]");
        Console.Error.WriteLine("       fail2ban-server, fail2ban-client and fail2ban-regex are the same.");
        return 255;
    }

    name = $"fail2ban-{part}";
    words = [.. words.Skip(1)];
}

bool mayColour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
if (name == "fail2ban-regex")
{
    return RegexTool.Run(words, new RegexToolHost(
        Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError(), TimeProvider.System, Resolve)
    {
        OutIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        UseColours = mayColour,
    });
}

string build = typeof(ServerProcess).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
var host = new ClientHost(Console.Out, Console.Error, Console.In, TimeProvider.System, RunServer, build)
{
    CheckStream = stream => ConfigurationCheck.Run(stream, TimeProvider.System),
    ColoursOutput = mayColour && !Console.IsOutputRedirected,
    ColoursError = mayColour && !Console.IsErrorRedirected,
    IsInteractive = !Console.IsInputRedirected && !Console.IsOutputRedirected,
};
return ClientProgram.Run(name, words, host);

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
