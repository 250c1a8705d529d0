using System.Globalization;
using System.Net.Sockets;
using System.Text;

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

    /// <param name="socket">Connected; closed with this.</param>
    /// <param name="stop">Fires when it has taken too long.</param>
    public MailConversation(Socket socket, CancellationToken stop)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _stop = stop;
    }

    /// <summary>Sends a line, or several.</summary>
    public async Task SayAsync(string text) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\r\n"), _stop).ConfigureAwait(false);

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
    public void Dispose() => _stream.Dispose();

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
                _end = await _stream.ReadAsync(_buffer, _stop).ConfigureAwait(false);
                if (_end == 0) throw new MailException("the server closed the connection");
            }

            byte letter = _buffer[_start++];
            if (letter == '\n') return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
            line.WriteByte(letter);
        }

        throw new MailException("the server's answer is too long");
    }
}
