using System.Text;

namespace Fail2Ban.Logging;

/// <summary>Standard output, standard error, or a file (see <see cref="FileTarget"/>).</summary>
internal class StreamTarget(Stream? stream, LogFormat format) : LogTarget(format)
{
    private const int FlushBytes = 32 * 1024;

    private readonly MemoryStream _pending = new();
    private LogEntry _latest;
    private long _lost;
    private bool _isTorn;

    internal override void Write(LogEntry entry)
    {
        _latest = entry;
        _pending.Write(Encoding.UTF8.GetBytes(Line(entry) + "\n"));
        if (_pending.Length >= FlushBytes) Flush();
    }

    // A full disk must not stop a ban: what it does not take is dropped, and counted.
    internal override void Flush()
    {
        if (_pending.Length == 0) return;
        byte[] notice = _lost == 0 ? [] : Notice();
        ReadOnlySpan<byte> pending = _pending.GetBuffer().AsSpan(0, (int)_pending.Length);
        ReadOnlySpan<byte> bytes = _lost == 0 ? pending : [.. notice, .. pending];
        string? problem = Put(bytes, out int written);
        if (written > 0) _isTorn = bytes[written - 1] != (byte)'\n';
        if (written >= notice.Length) _lost = 0;
        if (problem is not null)
        {
            if (notice.Length == 0) StandardError.Say($"fail2ban: the log target does not take lines ({problem}); they are dropped until it does");
            _lost += bytes[Math.Max(written, notice.Length)..].Count((byte)'\n');
        }

        _pending.SetLength(0);
    }

    public override void Dispose() => Flush();

    /// <summary>Hands bytes to the system.</summary>
    /// <param name="bytes">Whole lines.</param>
    /// <param name="written">How many are certainly written.</param>
    /// <returns>Null, or why not all could be written.</returns>
    protected virtual string? Put(ReadOnlySpan<byte> bytes, out int written)
    {
        written = 0;
        try
        {
            stream!.Write(bytes);
            stream.Flush();
            written = bytes.Length;
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException or NotSupportedException)
        {
            return error.Message;
        }
    }

    // Stands in the log where the lines would have been; behind half a line it begins a new one.
    private byte[] Notice()
    {
        LogEntry entry = _latest with { Level = LogLevel.Warning, Logger = "fail2ban.server", Message = $"{_lost} lines of the log were lost here: it could not be written" };
        return Encoding.UTF8.GetBytes($"{(_isTorn ? "\n" : "")}{Line(entry)}\n");
    }
}
