using System.Buffers.Binary;
using System.Text;

namespace Fail2Ban.Addresses.Origins;

/// <summary>Reads the TXT records out of a DNS message; RFC 1035 §4.</summary>
/// <remarks>The message is whatever a server sent: nothing in it is trusted, and every step goes forward.</remarks>
internal static class TextRecords
{
    private const int Header = 12;
    private const int TypeText = 16;

    /// <returns>The texts of the answer section, the strings of a record joined; false where the message breaks off.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out List<string> texts)
    {
        texts = [];
        if (message.Length < Header) return false;
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        int answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        int at = Header;
        for (; questions > 0; questions--)
        {
            if (!SkipName(message, ref at) || (at += 4) > message.Length) return false;
        }

        for (; answers > 0; answers--)
        {
            // Behind the name: type, class, time to live, length of the data.
            if (!SkipName(message, ref at) || at + 10 > message.Length) return false;
            int type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length) return false;
            if (type == TypeText)
            {
                if (!TryJoin(message.Slice(at, length), out string text)) return false;
                texts.Add(text);
            }

            at += length;
        }

        return true;
    }

    // Labels of at most 63 bytes up to the empty one, or up to a pointer to the rest.
    private static bool SkipName(ReadOnlySpan<byte> message, ref int at)
    {
        while (at < message.Length)
        {
            int label = message[at++];
            if (label == 0) return true;
            if (label >= 0xc0) return ++at <= message.Length;
            if (label > 63) return false;
            at += label;
        }

        return false;
    }

    private static bool TryJoin(ReadOnlySpan<byte> data, out string text)
    {
        var joined = new StringBuilder();
        text = "";
        while (data.Length > 0)
        {
            int length = data[0];
            if (length >= data.Length) return false;
            joined.Append(Encoding.Latin1.GetString(data.Slice(1, length)));
            data = data[(1 + length)..];
        }

        text = joined.ToString();
        return true;
    }
}
