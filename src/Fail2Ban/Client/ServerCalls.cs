using System.Net.Sockets;
using Fail2Ban.Control.Wire;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>Sends commands and shows what comes back.</summary>
internal sealed class ServerCalls(string socket, ClientHost host, Log log, bool unicode)
{
    /// <summary>Sends one command and prints its answer; false when anything failed.</summary>
    internal bool Send(IReadOnlyList<object?> command, bool show, TimeSpan timeout)
    {
        object? answer;
        try
        {
            using ControlClient client = ControlClient.Connect(socket, timeout);
            answer = client.Send(command);
        }
        catch (Exception error) when (error is SocketException or ControlException)
        {
            if (show) Explain(error);
            return false;
        }

        switch (answer)
        {
            case PythonTuple { Count: 2 } pair when pair[0] is 0L or false:
                if (show) host.Output.WriteLine(Presentation.Show(command, pair[1], unicode));
                return true;
            case PythonTuple { Count: 2 } pair when pair[1] is PythonError error:
                log.Refused(error);
                if (show) host.Output.WriteLine(Presentation.ShowError(error));
                if (show && error.Message is "Invalid command") Suggest(command);
                return false;
            case List<object?> { Count: 1 } list when list[0] is "SHUTDOWN":
                log.Wrong("The server is shutting down");
                return false;
            default:
                log.Wrong($"Unexpected answer of the server: {PythonText.Str(answer)}");
                return false;
        }
    }

    /// <summary>Whether a server answers at all.</summary>
    internal bool Ping(TimeSpan timeout)
    {
        if (!ControlIsFile() && !socket.StartsWith('@')) return false;
        try
        {
            using ControlClient client = ControlClient.Connect(socket, timeout);
            return client.Send(new List<object?> { "ping" }) is PythonTuple { Count: 2 } pair && pair[0] is 0L;
        }
        catch (Exception error) when (error is SocketException or ControlException)
        {
            return false;
        }
    }

    /// <summary>Whether the server has any jail.</summary>
    internal bool HasJails()
    {
        try
        {
            using ControlClient client = ControlClient.Connect(socket, Timeout.InfiniteTimeSpan);
            return client.Send(new List<object?> { "status" }) is PythonTuple { Count: 2 } answer && answer[0] is 0L
                && answer[1] is List<object?> { Count: > 0 } status && status[0] is PythonTuple { Count: 2 } number && number[1] is > 0L;
        }
        catch (Exception error) when (error is SocketException or ControlException)
        {
            return false;
        }
    }

    internal bool ControlIsFile() => Path.Exists(socket);

    private void Explain(Exception error)
    {
        switch (error)
        {
            case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                log.NoPermission(socket);
                return;
            case SocketException when !ControlIsFile():
                log.NoSocket(socket);
                break;
            case SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock }:
                log.Wrong("timed out");
                return;
            case SocketException failure:
                log.NoContact(failure.NativeErrorCode, failure.Message);
                break;
            default:
                log.Wrong(error.Message);
                return;
        }

        host.Error.WriteLine("Start it with 'fail2ban-client start' or 'systemctl start fail2ban'.");
    }

    private void Suggest(IReadOnlyList<object?> command)
    {
        if (command.Count > 0 && command[0] is string word && CommandTable.Near(word) is { } near && near != word) host.Error.WriteLine($"Did you mean '{near}'?");
    }
}
