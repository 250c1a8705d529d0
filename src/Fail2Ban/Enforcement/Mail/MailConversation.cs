using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Fail2Ban.Native.OpenSsl;

namespace Fail2Ban.Enforcement.Mail;

/// <summary>Commands and answers of SMTP over one connection.</summary>
internal sealed class MailConversation : IDisposable
{
    private const int MostLines = 200;
    private const int LongestLine = 4096; // bytes

    private readonly byte[] _buffer = new byte[4096];
    private readonly CancellationToken _stop;
    private readonly NetworkStream _stream;
    private int _start, _end; // what of the buffer was read and not taken
    private TlsSession? _tls;

    /// <param name="socket">Connected; closed with this.</param>
    /// <param name="stop">Fires when it has taken too long.</param>
    public MailConversation(Socket socket, CancellationToken stop)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _stop = stop;
    }

    /// <summary>Sends a line, or several.</summary>
    public async Task SayAsync(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text + "\r\n");
        if (_tls is null)
        {
            await _stream.WriteAsync(bytes, _stop).ConfigureAwait(false);
            return;
        }

        _tls.Write(bytes);
        await CarryAsync(_tls).ConfigureAwait(false);
    }

    /// <summary>Encrypts all that follows.</summary>
    /// <param name="host">The server's name, which it is told; null to tell none.</param>
    /// <exception cref="MailException">The server spoke on before, which somebody may have slipped in.</exception>
    /// <exception cref="IOException">There is no library for it, or the two find no common ground.</exception>
    public async Task EncryptAsync(string? host)
    {
        if (_start < _end) throw new MailException("the server said more than it was asked for");
        _tls = new TlsSession(host);
        while (true)
        {
            bool isDone = _tls.TryConnect();
            await CarryAsync(_tls).ConfigureAwait(false);
            if (isDone) return;
            if (!await FillAsync(_tls).ConfigureAwait(false)) throw new MailException("the server closed the connection");
        }
    }

    /// <summary>Sends a command and takes the answer.</summary>
    public async Task<MailReply> AskAsync(string command)
    {
        await SayAsync(command).ConfigureAwait(false);
        return await ReadAsync().ConfigureAwait(false);
    }

    /// <summary>Sends a command that must be answered so.</summary>
    /// <exception cref="MailException">It is not.</exception>
    public async Task<MailReply> AskAsync(string command, int expected)
    {
        await SayAsync(command).ConfigureAwait(false);
        return await ExpectAsync(expected).ConfigureAwait(false);
    }

    /// <summary>Takes an answer that must be this.</summary>
    /// <exception cref="MailException">It is not.</exception>
    public async Task<MailReply> ExpectAsync(int code)
    {
        MailReply reply = await ReadAsync().ConfigureAwait(false);
        return reply.Code == code ? reply : throw new MailException(reply.ToString());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tls?.Dispose();
        _stream.Dispose();
    }

    private async Task<int> ReceiveAsync()
    {
        if (_tls is null) return await _stream.ReadAsync(_buffer, _stop).ConfigureAwait(false);
        while (true)
        {
            if (_tls.Read(_buffer) is { } count) return count;
            if (!await FillAsync(_tls).ConfigureAwait(false)) return 0;
        }
    }

    private async Task<bool> FillAsync(TlsSession tls)
    {
        var bytes = new byte[4096];
        int count = await _stream.ReadAsync(bytes, _stop).ConfigureAwait(false);
        tls.Receive(bytes.AsSpan(0, count));
        return count > 0;
    }

    private async Task CarryAsync(TlsSession tls)
    {
        var bytes = new byte[4096];
        while (tls.Send(bytes) is > 0 and var count) await _stream.WriteAsync(bytes.AsMemory(0, count), _stop).ConfigureAwait(false);
    }

    // The last line of an answer has a blank behind the code, those before it a hyphen.
    private async Task<MailReply> ReadAsync()
    {
        var text = new StringBuilder();
        for (int lines = 0; lines < MostLines; lines++)
        {
            string line = await ReadLineAsync().ConfigureAwait(false);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
                throw new MailException($"this is no answer of a mail server: {string.Concat(line.Take(100).Where(static letter => !char.IsControl(letter)))}");
            if (text.Length > 0) text.Append('\n');
            text.Append(line.AsSpan(Math.Min(4, line.Length)));
            if (line.Length == 3 || line[3] != '-') return new MailReply(code, text.ToString());
        }

        throw new MailException("the server's answer does not end");
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new MemoryStream();
        while (line.Length < LongestLine)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await ReceiveAsync().ConfigureAwait(false);
                if (_end == 0) throw new MailException("the server closed the connection");
            }

            byte letter = _buffer[_start++];
            if (letter == '\n') return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
            line.WriteByte(letter);
        }

        throw new MailException("the server's answer is too long");
    }
}
