using System.Globalization;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Mail;

/// <summary>The parameters of <c>smtp.py</c>, under the names that they have as properties.</summary>
internal sealed record MailSettings
{
    /// <summary>The server: a name or address, perhaps with <c>:port</c>; an IPv6 address with a port in brackets.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>Whether the server is asked to encrypt the connection, and no mail goes over one that is not.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The user to log in as; null or empty for none.</summary>
    public string? User { get; init; }

    /// <summary>The user's password; without one nobody logs in.</summary>
    public string? Password { get; init; }

    /// <summary>The name in <c>From</c>.</summary>
    public string SenderName { get; init; } = "Fail2Ban";

    /// <summary>The address in <c>From</c> and in the envelope.</summary>
    public string Sender { get; init; } = "fail2ban";

    /// <summary>The recipients, separated by commas.</summary>
    public string Recipients { get; init; } = "root";

    /// <summary>Which lines a mail has: <c>matches</c>, <c>ipmatches</c> or <c>ipjailmatches</c>; anything else: none.</summary>
    public string? Matches { get; init; }

    /// <summary>Whether bans that come back after a restart are told again; 0 or 1 as the original has it.</summary>
    public bool SkipsRestored { get; init; } = true;

    /// <summary>The parameters, as a jail gives them.</summary>
    public static IReadOnlyList<string> Parameters { get; } = ["host", "ssl", "user", "password", "sendername", "sender", "dest", "matches"];

    /// <summary>The properties, sorted.</summary>
    public static IReadOnlyList<string> Properties { get; } = ["fromaddr", "fromname", "host", "matches", "norestored", "password", "ssl", "toaddr", "user"];

    /// <summary>A property as a value of the protocol.</summary>
    public bool TryGet(string property, out object? value)
    {
        (bool found, value) = property switch
        {
            "host" => (true, Host),
            "ssl" => (true, (object?)IsEncrypted),
            "user" => (true, User),
            "password" => (true, Password),
            "fromname" => (true, SenderName),
            "fromaddr" => (true, Sender),
            "toaddr" => (true, Recipients),
            "matches" => (true, Matches),
            "norestored" => (true, SkipsRestored ? 1L : 0L),
            _ => (false, null),
        };
        return found;
    }

    /// <summary>These settings with one changed.</summary>
    /// <param name="name">A parameter or a property.</param>
    /// <param name="value">What was given.</param>
    /// <param name="error">Why not; empty otherwise.</param>
    public MailSettings With(string name, object? value, out string error)
    {
        error = "";
        string text = value is null ? "" : PythonText.Str(value);
        switch (name)
        {
            case "host":
                if (MailHost.TryParse(text, out _, out error)) return this with { Host = text };
                return this;
            case "ssl":
                if (Truth(value) is { } encrypts) return this with { IsEncrypted = encrypts };
                error = $"invalid value {PythonText.Repr(value)} for ssl: expected true or false";
                return this;
            case "user": return this with { User = value is null ? null : text };
            case "password": return this with { Password = value is null ? null : text };
            case "sendername" or "fromname": return this with { SenderName = text };
            case "sender" or "fromaddr":
                if (MailMessage.IsAddress(text)) return this with { Sender = text };
                error = $"invalid value {PythonText.Repr(value)} for sender: expected one address";
                return this;
            case "dest" or "toaddr":
                if (MailMessage.AddressesIn(text) is { Count: > 0 } addresses && addresses.All(MailMessage.IsAddress)) return this with { Recipients = text };
                error = $"invalid value {PythonText.Repr(value)} for dest: expected addresses, separated by commas";
                return this;
            case "matches": return this with { Matches = value is null ? null : text };
            case "norestored":
                if (Truth(value) is { } skips) return this with { SkipsRestored = skips };
                error = $"invalid value {PythonText.Repr(value)} for norestored: expected 0 or 1";
                return this;
            default:
                error = $"smtp.py has no parameter {PythonText.Repr(name)}; it has {string.Join(", ", Parameters)}";
                return this;
        }
    }

    private static bool? Truth(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Trim().ToLowerInvariant() switch
        {
            "true" or "yes" or "on" or "1" => true,
            "false" or "no" or "off" or "0" or "" or "none" => false,
            _ => null,
        },
        IConvertible number => number.ToInt64(CultureInfo.InvariantCulture) != 0,
        _ => null,
    };
}
