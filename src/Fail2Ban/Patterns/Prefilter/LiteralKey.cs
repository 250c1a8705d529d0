using System.Buffers.Binary;

namespace Fail2Ban.Patterns.Prefilter;

/// <summary>The first eight bytes of a text as one number, to tell most other texts from it with one comparison.</summary>
internal static class LiteralKey
{
    private const byte CaseBit = 0x20;

    /// <param name="text">The text, or what of it is of interest; beyond its end anything may stand.</param>
    /// <param name="ignoreCase">Whether ASCII letters of both cases will do.</param>
    /// <returns>Eight bytes in the order of the text, and which of their bits count: of eight bytes of another text, these have to be the same.</returns>
    internal static (ulong Key, ulong Mask) Of(ReadOnlySpan<byte> text, bool ignoreCase)
    {
        Span<byte> key = stackalloc byte[sizeof(ulong)], mask = stackalloc byte[sizeof(ulong)];
        key.Clear();
        mask.Clear();
        for (int i = 0; i < Math.Min(text.Length, sizeof(ulong)); i++)
        {
            mask[i] = ignoreCase && char.IsAsciiLetter((char)text[i]) ? (byte)(byte.MaxValue ^ CaseBit) : byte.MaxValue;
            key[i] = (byte)(text[i] & mask[i]);
        }

        return (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(mask));
    }
}
