namespace Fail2Ban.Values;

/// <summary>Which release of fail2ban this program is compatible with.</summary>
public static class Release
{
    /// <summary>What <c>version</c> and <c>-V</c> answer and the log begins with; scripts ask for it.</summary>
    public const string Compatible = "1.1.2";

    /// <summary>Our own version, that of the assembly; a constant, since asking the assembly costs a short run too much.</summary>
    public const string Build = "0.1.0";
}
