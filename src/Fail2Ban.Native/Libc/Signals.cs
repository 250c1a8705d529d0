namespace Fail2Ban.Native.Libc;

/// <summary>What the process inherited for signals.</summary>
public static class Signals
{
    private const int SIGINT = 2;
    private const nint SIG_DFL = 0;

    /// <summary>
    /// Lets SIGINT arrive again. A shell starts what it puts into the background with SIGINT ignored, and the runtime leaves an
    /// ignored SIGINT ignored whoever asks for it. See signal(2).
    /// </summary>
    /// <remarks>To be called before any signal is asked for: with the first one the runtime sets up its own handling of this one too.</remarks>
    public static void AcceptInterrupt() => SpawnCalls.signal(SIGINT, SIG_DFL);
}
