using System.Net.Sockets;
using Fail2Ban.Logging;

namespace Fail2Ban.Control.Wire;

/// <summary>One accepted connection: request, answer, request, answer, until one side takes leave.</summary>
/// <remarks>Thread safety: none; one task owns it.</remarks>
internal sealed class ControlConnection(Socket socket, ControlLimits limits, TimeProvider time, Log log)
{
    private readonly FrameReader _reader = new(limits.RequestBytes);

    /// <param name="answer">Turns a request into an answer; both without the end mark.</param>
    /// <param name="stop">Ends waiting for requests; an answer that is being made is still sent.</param>
    internal async Task ServeAsync(Func<ReadOnlyMemory<byte>, ValueTask<byte[]>> answer, CancellationToken stop)
    {
        while (true)
        {
            while (_reader.TryTake(out ReadOnlyMemory<byte> message))
            {
                if (message.Span.SequenceEqual(FrameReader.Close)) return;
                await SendAsync(await answer(message).ConfigureAwait(false)).ConfigureAwait(false);
            }

            _reader.Shrink();
            if (stop.IsCancellationRequested) return;
            if (!_reader.TryRoom(out Memory<byte> room))
            {
                log.TooLong(limits.RequestBytes);
                await SendAsync(Pickle.Encode($"ERROR: a request of more than {limits.RequestBytes} bytes is refused")).ConfigureAwait(false);
                return;
            }

            int count = await ReceiveAsync(room, stop).ConfigureAwait(false);
            if (count == 0) return;
            _reader.Received(count);
        }
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> room, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(_reader.IsInside ? limits.Transfer : limits.Idle, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, late.Token);
        return await socket.ReceiveAsync(room, SocketFlags.None, either.Token).ConfigureAwait(false);
    }

    private async Task SendAsync(byte[] pickle)
    {
        byte[] message = [.. pickle, .. FrameReader.End];
        for (int sent = 0; sent < message.Length;)
        {
            using var late = new CancellationTokenSource(limits.Transfer, time);
            sent += await socket.SendAsync(message.AsMemory(sent), SocketFlags.None, late.Token).ConfigureAwait(false);
        }
    }
}
