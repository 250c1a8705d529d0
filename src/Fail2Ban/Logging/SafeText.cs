using System.Text;

namespace Fail2Ban.Logging;

/// <summary>Takes the power out of text that came from logs and users: a terminal that shows the line obeys none of it.</summary>
internal static class SafeText
{
    /// <summary>Writes control characters (C0, DEL, C1; newline and tab excepted) as <c>\xNN</c>; all else stays.</summary>
    internal static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\0', '\x1f') < 0 && text.AsSpan().IndexOfAnyInRange('\x7f', '\x9f') < 0) return text;
        var safe = new StringBuilder(text.Length + 16);
        foreach (char letter in text)
        {
            if (letter is '\n' or '\t' || !char.IsControl(letter)) safe.Append(letter);
            else safe.Append($"\\x{(int)letter:x2}");
        }

        return safe.ToString();
    }
}
