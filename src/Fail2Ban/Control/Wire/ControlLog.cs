using Fail2Ban.Logging;

namespace Fail2Ban.Control.Wire;

/// <summary>Every sentence of the control socket, under logger <c>fail2ban.asyncserver</c>.</summary>
internal static class ControlLog
{
    internal static void Unreadable(this Log log, string reason) => log.Write(LogLevel.Error, $"PROTO-error: load message failed: {reason}");

    internal static void Connected(this Log log, PeerCredentials peer) =>
        log.Write(LogLevel.TraceDebug, $"Connection of process {peer.ProcessId}, user {peer.UserId}, group {peer.GroupId}");

    internal static void NoDescriptors(this Log log, string reason) =>
        log.Write(LogLevel.Error, $"Accept socket error: {reason}; raise LimitNOFILE of the service. Connections wait until descriptors are free");

    internal static void AcceptFailed(this Log log, string reason) => log.Write(LogLevel.Error, $"Accept socket error: {reason}");

    internal static void AcceptsAgain(this Log log, long missed) => log.Write(LogLevel.Info, $"Accepting connections again after {missed} failed attempts");

    internal static void HandlerFailed(this Log log, string request, Exception error) =>
        log.Write(LogLevel.Error, $"Command {request} has failed. Received {error.GetType().Name}('{error.Message}')");

    internal static void TooLong(this Log log, int limit) => log.Write(LogLevel.Error, $"PROTO-error: a request of more than {limit} bytes was refused");

    internal static void InUse(this Log log) => log.Write(LogLevel.Error, $"Fail2ban seems to be already running");

    internal static void StaleSocketRemoved(this Log log, string path) => log.Write(LogLevel.Warning, $"Removed the socket {path}: no server answers on it");
}
