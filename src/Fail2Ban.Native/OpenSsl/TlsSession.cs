using System.Runtime.InteropServices;

namespace Fail2Ban.Native.OpenSsl;

/// <summary>The client's side of one TLS connection; it turns bytes into other bytes, and whoever has the socket carries them.</summary>
/// <remarks>
/// TLS 1.2 or newer. The server's certificate is not checked: that keeps out who listens, not who takes the server's place.
/// Thread safety: one thread at a time.
/// </remarks>
public sealed unsafe class TlsSession : IDisposable
{
    private readonly TlsHandle _session;

    /// <param name="host">The server's name, which it is told so that it takes the certificate for it; null to tell none.</param>
    /// <exception cref="IOException">The library refused.</exception>
    public TlsSession(string? host)
    {
        if (!TlsLibrary.IsAvailable) throw new IOException(TlsLibrary.Missing);
        nint context = TlsCalls.SSL_CTX_new(TlsCalls.TLS_client_method());
        if (context == 0) throw Refused("SSL_CTX_new");
        TlsCalls.SSL_CTX_set_options(context, TlsCalls.SSL_OP_NO_RENEGOTIATION); // so that sending never waits for something to read
        TlsCalls.SSL_CTX_ctrl(context, TlsCalls.SSL_CTRL_SET_MIN_PROTO_VERSION, new CLong(TlsCalls.TLS1_2_VERSION), 0);
        _session = new TlsHandle(TlsCalls.SSL_new(context));
        TlsCalls.SSL_CTX_free(context); // the session holds it
        if (_session.IsInvalid) throw Refused("SSL_new");
        TlsCalls.SSL_set_bio(_session, TlsCalls.BIO_new(TlsCalls.BIO_s_mem()), TlsCalls.BIO_new(TlsCalls.BIO_s_mem()));
        if (host is not null && TlsCalls.SSL_ctrl(_session, TlsCalls.SSL_CTRL_SET_TLSEXT_HOSTNAME, default, host).Value != 1) throw Refused("SSL_set_tlsext_host_name");
    }

    /// <summary>Goes on with the handshake.</summary>
    /// <returns>Whether it is done; otherwise more of the server is needed. In both cases there may be something to send.</returns>
    /// <exception cref="IOException">Server and client find no common ground.</exception>
    public bool TryConnect()
    {
        TlsCalls.ERR_clear_error();
        int result = TlsCalls.SSL_connect(_session);
        return result == 1 || (TlsCalls.SSL_get_error(_session, result) == TlsCalls.SSL_ERROR_WANT_READ ? false : throw Refused("SSL_connect"));
    }

    /// <summary>Takes bytes that came from the server over the socket.</summary>
    public void Receive(ReadOnlySpan<byte> encrypted)
    {
        fixed (byte* start = encrypted)
        {
            if (TlsCalls.BIO_write(TlsCalls.SSL_get_rbio(_session), start, encrypted.Length) != encrypted.Length) throw Refused("BIO_write");
        }
    }

    /// <summary>Hands out bytes that are to go to the server over the socket.</summary>
    /// <returns>How many; 0 for none.</returns>
    public int Send(Span<byte> encrypted)
    {
        fixed (byte* start = encrypted) return Math.Max(0, TlsCalls.BIO_read(TlsCalls.SSL_get_wbio(_session), start, encrypted.Length));
    }

    /// <summary>Reads what the server said.</summary>
    /// <returns>How many bytes, 0 at the end; null if more must be received first.</returns>
    /// <exception cref="IOException">What was received is not what the server sent.</exception>
    public int? Read(Span<byte> plain)
    {
        TlsCalls.ERR_clear_error();
        fixed (byte* start = plain)
        {
            int count = TlsCalls.SSL_read(_session, start, plain.Length);
            if (count > 0) return count;
            return TlsCalls.SSL_get_error(_session, count) switch
            {
                TlsCalls.SSL_ERROR_WANT_READ => null,
                TlsCalls.SSL_ERROR_ZERO_RETURN => 0,
                _ => throw Refused("SSL_read"),
            };
        }
    }

    /// <summary>Encrypts all of this for <see cref="Send"/>.</summary>
    /// <param name="plain">At least one byte.</param>
    /// <exception cref="IOException">The connection has failed before.</exception>
    public void Write(ReadOnlySpan<byte> plain)
    {
        TlsCalls.ERR_clear_error();
        fixed (byte* start = plain)
        {
            if (TlsCalls.SSL_write(_session, start, plain.Length) != plain.Length) throw Refused("SSL_write");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private static IOException Refused(string call)
    {
        string? reason = Marshal.PtrToStringUTF8(TlsCalls.ERR_reason_error_string(TlsCalls.ERR_get_error()));
        return new IOException($"{call}: {reason ?? "no reason given"}");
    }
}
