using System.Text;

namespace Fail2Ban.Tests.Detection.Sources.Journal;

/// <summary>An entry as it is put into a journal: when it is received, and its fields.</summary>
internal sealed record SampleEntry(long RealTime, long MonotonicTime, params IReadOnlyList<(string Name, byte[] Value)> Fields)
{
    private const string Boot = "0123456789abcdef0123456789abcdef";

    public static SampleEntry Of(long realTime, params (string Name, string Value)[] fields) =>
        new(realTime, 1_000_000 + realTime % 1_000_000, [.. fields.Select(field => (field.Name, Encoding.UTF8.GetBytes(field.Value)))]);

    /// <summary>The entry in systemd's export format.</summary>
    public byte[] Export()
    {
        var bytes = new MemoryStream();
        bytes.Write(Encoding.ASCII.GetBytes($"__REALTIME_TIMESTAMP={RealTime}\n__MONOTONIC_TIMESTAMP={MonotonicTime}\n_BOOT_ID={Boot}\n"));
        foreach ((string name, byte[] value) in Fields)
        {
            bytes.Write(Encoding.ASCII.GetBytes(name + "\n"));
            bytes.Write(BitConverter.GetBytes((long)value.Length));
            bytes.Write(value);
            bytes.WriteByte((byte)'\n');
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}
