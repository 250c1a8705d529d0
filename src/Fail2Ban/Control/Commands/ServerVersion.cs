namespace Fail2Ban.Control.Commands;

/// <summary>What the server says it is.</summary>
public static class ServerVersion
{
    /// <summary>The version of the original that we are compatible with; scripts ask for it.</summary>
    public const string Compatible = "1.1.2";
}
