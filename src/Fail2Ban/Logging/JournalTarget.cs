using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Fail2Ban.Logging;

/// <summary>systemd's journal over its native protocol; see systemd.journal-fields(7) and "Native Journal Protocol".</summary>
internal sealed class JournalTarget(string path, LogFormat format) : DatagramTarget(path, format)
{
    internal const string Socket = "/run/systemd/journal/socket";

    // A datagram takes about 200 KiB; what is longer would need a sealed memory file.
    private const int LongestMessage = 128 * 1024;

    protected override byte[] Message(LogEntry entry)
    {
        var fields = new MemoryStream();
        byte[] text = Encoding.UTF8.GetBytes(Line(entry));
        if (text.Length > LongestMessage) text = [.. text.AsSpan(0, LongestMessage), .. " …"u8];
        Add(fields, "MESSAGE", text);
        Add(fields, "PRIORITY", LogLevels.Severity(entry.Level).ToString(CultureInfo.InvariantCulture));
        Add(fields, "SYSLOG_IDENTIFIER", "fail2ban");
        Add(fields, "LOGGER", entry.Logger);
        Add(fields, "CODE_LEVEL", LogLevels.Name(entry.Level));
        return fields.ToArray();
    }

    private static void Add(MemoryStream fields, string name, string value) => Add(fields, name, Encoding.UTF8.GetBytes(value));

    // With a newline inside, a value is sent with its length instead of an equals sign.
    private static void Add(MemoryStream fields, string name, byte[] value)
    {
        fields.Write(Encoding.ASCII.GetBytes(name));
        if (value.Contains((byte)'\n'))
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, value.Length);
            fields.WriteByte((byte)'\n');
            fields.Write(length);
        }
        else
        {
            fields.WriteByte((byte)'=');
        }

        fields.Write(value);
        fields.WriteByte((byte)'\n');
    }
}
