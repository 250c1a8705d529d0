using System.Buffers;
using System.Globalization;
using Fail2Ban.Values;

namespace Fail2Ban.Enforcement.Mail;

/// <summary>Where a mail server listens.</summary>
/// <param name="Name">A host name or an address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
internal readonly record struct MailHost(string Name, int Port)
{
    private static readonly SearchValues<char> Impossible = SearchValues.Create(" \t\r\n[]");

    /// <summary>The port of SMTP, where none is given.</summary>
    public const int UsualPort = 25;

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[address]:port</c> or a bare IPv6 address.</summary>
    public static bool TryParse(string text, out MailHost host, out string error)
    {
        error = "";
        string name = text.Trim(), port = "";
        if (name.StartsWith('[') && name.IndexOf(']', StringComparison.Ordinal) is > 1 and var bracket)
        {
            port = name[(bracket + 1)..];
            name = name[1..bracket];
            if (port.StartsWith(':')) port = port[1..];
            else if (port.Length > 0) port = "?";
        }
        else if (name.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && colon == name.LastIndexOf(':'))
        {
            port = name[(colon + 1)..];
            name = name[..colon];
        }

        int number = UsualPort;
        bool isNumber = port.Length == 0 || (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is > 0 and <= 65535);
        if (name.Length == 0) name = "localhost";
        host = new MailHost(name, number);
        if (isNumber && !name.AsSpan().ContainsAny(Impossible)) return true;
        error = $"invalid value {PythonText.Repr(text)} for host: expected a name or address, perhaps with :port";
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Name.Contains(':', StringComparison.Ordinal) ? $"[{Name}]:{Port}" : $"{Name}:{Port}";
}
