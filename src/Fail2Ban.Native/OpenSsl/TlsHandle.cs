using Microsoft.Win32.SafeHandles;

namespace Fail2Ban.Native.OpenSsl;

/// <summary>Owns one SSL, and the two BIOs that it owns.</summary>
internal sealed class TlsHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    internal TlsHandle(nint session)
        : base(ownsHandle: true) => SetHandle(session);

    protected override bool ReleaseHandle()
    {
        TlsCalls.SSL_free(handle);
        return true;
    }
}
