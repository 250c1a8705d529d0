using System.Net.Sockets;
using Fail2Ban.Client.Commands;
using Fail2Ban.Client.Reports;
using Fail2Ban.Control.Wire;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.Client;

/// <summary>Sends commands and reports what comes back.</summary>
internal sealed class ServerCalls(string socket, IReport report, Log log, FailureAdvice advice)
{
    // A refusal is told at once; what could be added to it is worth a moment.
    private static readonly TimeSpan AdvicePatience = TimeSpan.FromSeconds(3);

    /// <summary>Sends one command and reports its answer; false when anything failed.</summary>
    internal bool Send(IReadOnlyList<object?> command, bool show, TimeSpan timeout)
    {
        object? answer;
        try
        {
            answer = Exchange(command, timeout);
        }
        catch (Exception error) when (error is SocketException or ControlException)
        {
            if (show) Explain(error);
            return false;
        }

        switch (answer)
        {
            case PythonTuple { Count: 2 } pair when pair[0] is 0L or false:
                if (!show) return true;
                report.Answer(command, pair[1]);
                foreach (string doubt in CommandDoubts.About([.. command.Select(PythonText.Str)])) log.Advice(doubt);
                return true;
            case PythonTuple { Count: 2 } pair when pair[1] is PythonError error:
                log.Refused(error);
                if (!show) return false;
                report.Refusal(error);
                if (advice.About(command, error, () => Jails(AdvicePatience)) is { } hint) report.Hint(hint);
                return false;
            case List<object?> { Count: 1 } list when list[0] is "SHUTDOWN":
                log.Wrong("The server is shutting down");
                report.Fault("ShuttingDown");
                return false;
            default:
                log.Wrong($"Unexpected answer of the server: {PythonText.Str(answer)}");
                report.Fault("UnexpectedAnswer");
                return false;
        }
    }

    /// <summary>Whether a server answers at all.</summary>
    internal bool Ping(TimeSpan timeout) => (ControlIsFile() || socket.StartsWith('@')) && TryAsk(["ping"], timeout, out _);

    /// <summary>Whether the server has any jail.</summary>
    internal bool HasJails() => Jails(Timeout.InfiniteTimeSpan).Count > 0;

    /// <summary>Names of the jails; none without a server that answers in time.</summary>
    internal IReadOnlyList<string> Jails(TimeSpan timeout) =>
        Ask(["status"], timeout) is List<object?> status
            && status.OfType<PythonTuple>().FirstOrDefault(part => part is ["Jail list", string]) is { } list
                ? ((string)list[1]!).Split(", ", StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>The result of a command, without a word about it; null when anything failed.</summary>
    internal object? Ask(IReadOnlyList<object?> command, TimeSpan timeout) => TryAsk(command, timeout, out object? result) ? result : null;

    internal bool ControlIsFile() => Path.Exists(socket);

    /// <summary>Says that there is no server, with what to do and why it may have ended.</summary>
    internal void TellAbsence()
    {
        report.Fault("NoServer");
        report.Hint(advice.HowToStart());
        foreach (string hint in advice.LastWords()) report.Hint(hint);
    }

    /// <summary>Says why a server that was started is not there.</summary>
    internal void TellWhyEnded()
    {
        report.Fault("NotStarted");
        foreach (string hint in advice.LastWords()) report.Hint(hint);
    }

    private bool TryAsk(IReadOnlyList<object?> command, TimeSpan timeout, out object? result)
    {
        result = null;
        try
        {
            if (Exchange(command, timeout) is not PythonTuple { Count: 2 } pair || pair[0] is not 0L) return false;
            result = pair[1];
            return true;
        }
        catch (Exception error) when (error is SocketException or ControlException)
        {
            return false;
        }
    }

    private object? Exchange(IReadOnlyList<object?> command, TimeSpan timeout)
    {
        using ControlClient client = ControlClient.Connect(socket, timeout);
        return client.Send(command);
    }

    private void Explain(Exception error)
    {
        switch (error)
        {
            case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                log.NoPermission(socket);
                report.Fault("NoPermission");
                return;
            case SocketException when !ControlIsFile() && !socket.StartsWith('@'):
                log.NoSocket(socket);
                break;
            case SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock }:
                log.Wrong("timed out");
                report.Fault("TimedOut");
                return;
            case SocketException failure:
                log.NoContact(failure.NativeErrorCode, failure.Message);
                break;
            default:
                log.Wrong(error.Message);
                report.Fault("UnexpectedAnswer");
                return;
        }

        TellAbsence();
    }
}
