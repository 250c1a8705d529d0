using System.Buffers.Binary;
using System.Numerics;

namespace Fail2Ban.Detection.Matching;

/// <summary>The hash of what a connection is known by.</summary>
internal static class ConnectionHash
{
    // 2^64 divided by the golden ratio: each bit of a product depends on many.
    private const ulong Mixer = 0x9E3779B97F4A7C15;

    /// <summary>So few are known at a time that it does not matter who could choose keys that collide.</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        ulong hash = (ulong)key.Length;
        for (; key.Length >= sizeof(ulong); key = key[sizeof(ulong)..])
            hash = (BitOperations.RotateLeft(hash, 5) ^ BinaryPrimitives.ReadUInt64LittleEndian(key)) * Mixer;
        foreach (byte value in key) hash = (BitOperations.RotateLeft(hash, 5) ^ value) * Mixer;
        return (int)(hash >> 32);
    }
}
