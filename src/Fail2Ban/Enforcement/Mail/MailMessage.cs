using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fail2Ban.Enforcement.Mail;

/// <summary>Makes the message that is sent; see RFC 5322 and RFC 2045 to 2047.</summary>
internal static class MailMessage
{
    private const string Regards = "\nRegards,\nFail2Ban";
    private const int LongestSubject = 500; // characters
    private const int LongestLine = 998; // bytes, by RFC 5322
    private const int EncodedWord = 45; // bytes that fit into one word of 75 characters

    private static readonly SearchValues<char> Special = SearchValues.Create("()<>@,:;\".[]\\");

    /// <summary>What a mail about the jail says.</summary>
    /// <param name="jail">The jail's name.</param>
    /// <param name="what">What happened to it: <c>has been stopped</c>.</param>
    public static string AboutJail(string jail, string what) => $"Hi,\n\nThe jail {jail} {what}.\n{Regards}";

    /// <summary>What a mail about a ban says, with tags for what the ban knows.</summary>
    /// <param name="jail">The jail's name.</param>
    /// <param name="seconds">The jail's ban time.</param>
    /// <param name="matches">Which lines it has; null or anything unknown: none.</param>
    public static string AboutBan(string jail, double seconds, string? matches) =>
        $"Hi,\n\nThe IP <ip> has just been banned for {Math.Truncate(seconds):0} seconds\nby Fail2Ban after <failures> attempts against {jail}.\n" + matches switch
        {
            "matches" => "\nMatches for this ban:\n<matches>\n",
            "ipmatches" => "\nMatches for <ip>:\n<ipmatches>\n",
            "ipjailmatches" => $"\nMatches for <ip> for jail {jail}:\n<ipjailmatches>\n",
            _ => "",
        } + Regards;

    /// <summary>Puts it together: ASCII with CRLF, without the dots that SMTP adds.</summary>
    /// <param name="settings">From whom and to whom.</param>
    /// <param name="subject">One line; what is no character of a line becomes a blank.</param>
    /// <param name="text">The body. Characters that are none in a mail become U+FFFD.</param>
    /// <param name="now">Its date.</param>
    public static string Make(MailSettings settings, string subject, string text, DateTimeOffset now)
    {
        subject = OneLine(subject);
        if (subject.Length > LongestSubject) subject = subject[..(char.IsHighSurrogate(subject[LongestSubject - 1]) ? LongestSubject - 1 : LongestSubject)] + "…";
        text = Clean(text);
        bool isPlain = Ascii.IsValid(text) && text.Split('\n').All(static line => line.Length <= LongestLine);
        return $"""
            Content-Type: text/plain; charset="{(isPlain ? "us-ascii" : "utf-8")}"
            MIME-Version: 1.0
            Content-Transfer-Encoding: {(isPlain ? "7bit" : "base64")}
            Subject: {Header(subject)}
            From: {From(settings)}
            To: {string.Join(", ", AddressesIn(settings.Recipients))}
            Date: {now.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)} -0000

            {(isPlain ? text : Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks))}

            """.ReplaceLineEndings("\r\n");
    }

    /// <summary>The addresses in a list that is separated by commas.</summary>
    public static IReadOnlyList<string> AddressesIn(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether a text can stand between &lt; and &gt; in a command of SMTP.</summary>
    public static bool IsAddress(string text) => text.Length is > 0 and <= 320 && !text.Any(static letter => char.IsControl(letter) || char.IsWhiteSpace(letter) || letter is '<' or '>');

    private static string From(MailSettings settings)
    {
        string name = OneLine(settings.SenderName);
        if (name.Length == 0) return settings.Sender;
        if (!Ascii.IsValid(name)) name = Header(name);
        else if (name.AsSpan().ContainsAny(Special)) name = $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
        return $"{name} <{settings.Sender}>";
    }

    // As it is where it is short and ASCII, otherwise in encoded words, one a line.
    private static string Header(string text)
    {
        if (Ascii.IsValid(text) && text.Length <= 200 && !text.Contains("=?", StringComparison.Ordinal)) return text;
        var words = new StringBuilder();
        var word = new List<byte>();
        Span<byte> bytes = stackalloc byte[4];
        foreach (Rune letter in text.EnumerateRunes())
        {
            int length = letter.EncodeToUtf8(bytes);
            if (word.Count + length > EncodedWord) End();
            word.AddRange(bytes[..length]);
        }

        End();
        return words.ToString();

        void End()
        {
            if (words.Length > 0) words.Append("\n ");
            words.Append("=?utf-8?B?").Append(Convert.ToBase64String([.. word])).Append("?=");
            word.Clear();
        }
    }

    private static string OneLine(string text) => string.Concat(Clean(text).Select(static letter => char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter)).Trim();

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (Rune letter in text.Replace("\r\n", "\n", StringComparison.Ordinal).EnumerateRunes())
            clean.Append(Rune.IsControl(letter) && letter.Value is not ('\n' or '\t') ? "\ufffd" : letter.ToString());
        return clean.ToString();
    }
}
