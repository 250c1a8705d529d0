using System.Text;
using System.Text.Unicode;

namespace Fail2Ban.Control.Wire;

/// <summary>
/// UTF-8 in which single surrogates stand as three bytes (Python's "surrogatepass"): Python keeps a byte that is not UTF-8,
/// say of a file name, as such a surrogate.
/// </summary>
internal static class SurrogateUtf8
{
    /// <exception cref="PickleFault">With the words of Python's codec.</exception>
    internal static string Decode(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : DecodeSlowly(bytes);

    internal static byte[] Encode(string text)
    {
        int single = FirstSingle(text);
        if (single < 0) return Encoding.UTF8.GetBytes(text);
        var bytes = new List<byte>(text.Length + 8);
        int start = 0;
        while (single >= 0)
        {
            int at = start + single;
            char surrogate = text[at];
            bytes.AddRange(Encoding.UTF8.GetBytes(text[start..at]));
            bytes.AddRange([(byte)(0xe0 | (surrogate >> 12)), (byte)(0x80 | ((surrogate >> 6) & 0x3f)), (byte)(0x80 | (surrogate & 0x3f))]);
            start = at + 1;
            single = FirstSingle(text.AsSpan(start));
        }

        bytes.AddRange(Encoding.UTF8.GetBytes(text[start..]));
        return [.. bytes];
    }

    private static int FirstSingle(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1])) return i;
            i++;
        }

        return -1;
    }

    private static string DecodeSlowly(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        for (int at = 0; at < bytes.Length;)
        {
            if (Rune.DecodeFromUtf8(bytes[at..], out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
                at += used;
            }
            else if (bytes.Length - at >= 3 && bytes[at] == 0xed && bytes[at + 1] is >= 0xa0 and <= 0xbf && bytes[at + 2] is >= 0x80 and <= 0xbf)
            {
                text.Append((char)(0xd000 | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f)));
                at += 3;
            }
            else
            {
                throw new PickleFault($"'utf-8' codec can't decode {Where(bytes, at, used)}");
            }
        }

        return text.ToString();
    }

    private static string Where(ReadOnlySpan<byte> bytes, int at, int used)
    {
        bool starts = bytes[at] is >= 0xc2 and <= 0xf4;
        string reason = !starts ? "invalid start byte" : at + used >= bytes.Length ? "unexpected end of data" : "invalid continuation byte";
        return used <= 1 ? $"byte 0x{bytes[at]:x2} in position {at}: {reason}" : $"bytes in position {at}-{at + used - 1}: {reason}";
    }
}
