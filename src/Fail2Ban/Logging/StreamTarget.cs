using System.Text;

namespace Fail2Ban.Logging;

/// <summary>Standard output, standard error, or a file (see <see cref="FileTarget"/>).</summary>
internal class StreamTarget(Stream stream, LogFormat format) : LogTarget(format)
{
    private const int FlushBytes = 32 * 1024;

    private readonly MemoryStream _pending = new();
    private Stream _stream = stream;
    private long _dropped;

    internal override void Write(LogEntry entry)
    {
        _pending.Write(Encoding.UTF8.GetBytes(Line(entry) + "\n"));
        if (_pending.Length >= FlushBytes) Flush();
    }

    internal override void Flush()
    {
        if (_pending.Length == 0) return;
        try
        {
            _stream.Write(_pending.GetBuffer(), 0, (int)_pending.Length);
            _stream.Flush();
            if (_dropped > 0) Complain($"the log target works again; {_dropped} bytes were lost");
            _dropped = 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException)
        {
            // A full disk must not stop a ban.
            if (_dropped == 0) Complain($"the log target does not take lines ({error.Message}); they are dropped until it does");
            _dropped += _pending.Length;
        }

        _pending.SetLength(0);
    }

    public override void Dispose() => Flush();

    protected void Replace(Stream stream)
    {
        Flush();
        _stream.Dispose();
        _stream = stream;
    }

    protected void Close() => _stream.Dispose();

    private static void Complain(string message) => StandardError.Say($"fail2ban: {message}");
}
