namespace Fail2Ban.Detection.Matching;

/// <summary>What a jail does with host names (<c>usedns</c>).</summary>
public enum UseDns
{
    /// <summary>Names are resolved.</summary>
    Yes,

    /// <summary>Names are resolved and each resolution is logged as a warning.</summary>
    Warn,

    /// <summary><c>&lt;HOST&gt;</c> takes addresses only.</summary>
    No,

    /// <summary>A name is itself what is counted.</summary>
    Raw,
}

/// <summary>How <c>usedns</c> is read and written.</summary>
public static class UseDnsText
{
    /// <summary>Reads a setting as the original does: letters of any case, anything but its four words is <see cref="UseDns.No"/>.</summary>
    public static UseDns Parse(string text) => text.ToLowerInvariant() switch
    {
        "yes" => UseDns.Yes,
        "warn" => UseDns.Warn,
        "raw" => UseDns.Raw,
        _ => UseDns.No,
    };

    /// <summary>fail2ban's word: <c>yes</c>, <c>warn</c>, <c>no</c> or <c>raw</c>.</summary>
    public static string ToText(this UseDns value) => value switch
    {
        UseDns.Yes => "yes",
        UseDns.Warn => "warn",
        UseDns.Raw => "raw",
        _ => "no",
    };
}
