using System.Text;
using CsCheck;
using Fail2Ban.Patterns;
using Fail2Ban.Patterns.Prefilter;

namespace Fail2Ban.Tests.Patterns;

public sealed class LiteralScanTests
{
    // Few signs, so that texts occur often, also those that go wrong at the edges of a step.
    private static readonly Gen<byte> Sign = Gen.Int[0, 10].Select(number => (byte)"abAB[{@`\0\xE3\xC3"[number]);

    private static readonly Gen<RequiredLiteral> Literal = Gen.Select(Sign.Array[1, 5], Gen.Bool)
        .Select(pair => new RequiredLiteral(pair.Item2 ? pair.Item1.Select(sign => sign is >= (byte)'A' and <= (byte)'Z' ? (byte)(sign | 0x20) : sign).ToArray() : pair.Item1, pair.Item2, false));

    private static readonly Gen<byte[]> Text = Gen.OneOf(Sign, Sign, Sign, Gen.Int[0, 3].Select(number => "xy\xC3\xE1"[number]).Select(sign => (byte)sign)).Array[0, 90];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Finds_a_place_of_what_a_search_for_each_text_finds(bool stopsBeyondAscii)
    {
        int found = 0, missed = 0;
        Gen.Select(Literal.Array[1, 30], Text).Sample((literals, text) =>
        {
            int place = new LiteralScan(literals, stopsBeyondAscii).PlaceIn(text);
            Interlocked.Add(ref found, place < 0 ? 0 : 1);
            Interlocked.Add(ref missed, place < 0 ? 1 : 0);
            (int Start, int End)[] all = [.. Enumerable.Range(0, text.Length).SelectMany(Occurrences)];
            if (place < 0) return all.Length == 0;

            // No occurrence ends before it, and it is in one.
            return Array.TrueForAll(all, each => each.End > place) && Array.Exists(all, each => each.Start <= place && place < each.End);

            IEnumerable<(int Start, int End)> Occurrences(int at)
            {
                foreach (RequiredLiteral literal in literals)
                    if (Begins(text.AsSpan(at), literal)) yield return (at, at + literal.Text.Length);
                if (stopsBeyondAscii && text[at] >= 0x80) yield return (at, at + 1);
            }
        }, iter: 20_000, print: sample => $"{string.Join(" | ", sample.Item1.Select(literal => $"{Encoding.Latin1.GetString(literal.Text.Span)} {literal.IgnoreCase}"))} in '{Encoding.Latin1.GetString(sample.Item2)}'");
        Assert.True(found > 1000 && missed > 100, $"{found} found, {missed} missed");
    }

    [Fact]
    public void Finds_a_text_at_every_place_of_a_text_of_every_length()
    {
        var scan = new LiteralScan([new RequiredLiteral("needle"u8.ToArray(), true, false), new RequiredLiteral("ne"u8.ToArray(), false, false)], stopsBeyondAscii: false);
        for (int length = 6; length < 80; length++)
        {
            for (int at = 0; at <= length - 6; at++)
            {
                byte[] text = [.. Enumerable.Repeat((byte)'n', length)];
                "NEEDLE"u8.CopyTo(text.AsSpan(at));
                Assert.InRange(scan.PlaceIn(text), at, at + 3);
            }
        }
    }

    private static bool Begins(ReadOnlySpan<byte> text, RequiredLiteral literal)
    {
        if (text.Length < literal.Text.Length) return false;
        for (int i = 0; i < literal.Text.Length; i++)
        {
            char sign = (char)text[i];
            if (literal.IgnoreCase && sign is >= 'A' and <= 'Z') sign = char.ToLowerInvariant(sign);
            if (sign != literal.Text.Span[i]) return false;
        }

        return true;
    }
}
