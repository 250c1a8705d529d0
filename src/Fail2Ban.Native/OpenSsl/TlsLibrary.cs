using System.Runtime.InteropServices;

namespace Fail2Ban.Native.OpenSsl;

/// <summary>Whether this host has OpenSSL 3; the program starts without it.</summary>
public static class TlsLibrary
{
    private static readonly Lazy<bool> s_isAvailable = new(static () =>
        NativeLibrary.TryLoad(TlsCalls.Library, out _) && TlsCalls.OPENSSL_init_ssl(TlsCalls.OPENSSL_INIT_NO_ATEXIT, 0) == 1);

    /// <summary>Looked for once.</summary>
    public static bool IsAvailable => s_isAvailable.Value;

    /// <summary>What to say where it is not.</summary>
    public static string Missing =>
        $"a connection cannot be encrypted: {TlsCalls.Library} is not installed (package libssl3, or openssl-libs on Fedora and openssl on Arch)";
}
