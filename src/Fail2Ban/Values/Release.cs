namespace Fail2Ban.Values;

/// <summary>Which release of fail2ban this program is compatible with.</summary>
public static class Release
{
    /// <summary>What <c>version</c> and <c>-V</c> answer and the log begins with; scripts ask for it.</summary>
    public const string Compatible = "1.1.2";
}
