using System.Runtime.InteropServices;

namespace Fail2Ban.Native.OpenSsl;

/// <summary>Imports of OpenSSL 3; see ssl(7) and bio(7). A BIO of memory is read and written as a pipe is.</summary>
internal static unsafe partial class TlsCalls
{
    internal const string Library = "libssl.so.3";
    internal const string Base = "libcrypto.so.3";

    // Without it the library frees what it has at exit(3), under threads that still use it.
    internal const ulong OPENSSL_INIT_NO_ATEXIT = 0x0008_0000;
    internal const ulong SSL_OP_NO_RENEGOTIATION = 1UL << 30;
    internal const int SSL_CTRL_SET_TLSEXT_HOSTNAME = 55;
    internal const int SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
    internal const int TLS1_2_VERSION = 0x0303;
    internal const int SSL_ERROR_WANT_READ = 2;
    internal const int SSL_ERROR_ZERO_RETURN = 6;

    [LibraryImport(Library)]
    internal static partial int OPENSSL_init_ssl(ulong options, nint settings);

    [LibraryImport(Library)]
    internal static partial nint TLS_client_method();

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Library)]
    internal static partial CLong SSL_CTX_ctrl(nint context, int command, CLong number, nint argument);

    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_free(nint session);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial CLong SSL_ctrl(TlsHandle session, int command, CLong number, string argument);

    [LibraryImport(Library)]
    internal static partial void SSL_set_bio(TlsHandle session, nint read, nint write);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_rbio(TlsHandle session);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_wbio(TlsHandle session);

    [LibraryImport(Library)]
    internal static partial int SSL_connect(TlsHandle session);

    [LibraryImport(Library)]
    internal static partial int SSL_read(TlsHandle session, byte* buffer, int size);

    [LibraryImport(Library)]
    internal static partial int SSL_write(TlsHandle session, byte* buffer, int size);

    [LibraryImport(Library)]
    internal static partial int SSL_get_error(TlsHandle session, int result);

    [LibraryImport(Base)]
    internal static partial nint BIO_s_mem();

    [LibraryImport(Base)]
    internal static partial nint BIO_new(nint kind);

    [LibraryImport(Base)]
    internal static partial int BIO_read(nint bio, byte* buffer, int size);

    [LibraryImport(Base)]
    internal static partial int BIO_write(nint bio, byte* buffer, int size);

    [LibraryImport(Base)]
    internal static partial void ERR_clear_error();

    [LibraryImport(Base)]
    internal static partial CULong ERR_get_error();

    [LibraryImport(Base)]
    internal static partial nint ERR_reason_error_string(CULong error); // static text, or null
}
