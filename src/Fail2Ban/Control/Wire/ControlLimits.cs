namespace Fail2Ban.Control.Wire;

/// <summary>What one client may take of the server.</summary>
public sealed record ControlLimits
{
    /// <summary>Bytes of one request; the whole configuration of a thousand jails takes some ten million.</summary>
    public int RequestBytes { get; init; } = 128 << 20;

    /// <summary>Connections at a time; more wait in the kernel's queue.</summary>
    public int Connections { get; init; } = 16384;

    /// <summary>How long a started request may take to arrive, and an answer to be taken.</summary>
    public TimeSpan Transfer { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection may stand between two requests.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(10);
}
