using System.Buffers;
using System.Text;
using CsCheck;
using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Tests.Detection.Lines;

public sealed class LineDecoderTests
{
    [Theory]
    [InlineData("a\nb\n", "a\nb\n")]
    [InlineData("a\r\nb\r\r\n\r\n\n", "a\nb\n\n\n")]
    [InlineData("\r\n", "\n")]
    [InlineData("in\rner\r\n\rfront\n", "in\rner\n\rfront\n")]
    [InlineData("vt\u000bff\u000cnel\u0085ls\u2028x\n", "vt\u000bff\u000cnel\u0085ls\u2028x\n")]
    [InlineData("nul\0s\0\n", "nul\0s\0\n")]
    public void Only_line_feeds_end_lines_and_returns_before_them_go(string stored, string expected) =>
        Assert.Equal(expected, Decode("utf-8", Encoding.UTF8.GetBytes(stored), out _));

    [Fact]
    public void Returns_are_dropped_as_a_pattern_would() =>
        Gen.OneOf("\r", "\n", "x", "\r\n", "yy").Array[0, 30].Sample(parts =>
        {
            byte[] text = Encoding.UTF8.GetBytes(string.Concat(parts));
            string expected = System.Text.RegularExpressions.Regex.Replace(string.Concat(parts), "\r+\n", "\n");
            int length = LineDecoder.DropCarriageReturns(text);
            Assert.Equal(expected, Encoding.UTF8.GetString(text, 0, length));
        });

    [Theory]
    [InlineData("utf-8", "616220fffeeda08020e282206 40d0a", "ab \uFFFD\uFFFD\uFFFD\uFFFD\uFFFD \uFFFD d\n")]
    [InlineData("utf-8", "c3a40ac30ac3a40a", "ä\n\uFFFD\nä\n")]
    [InlineData("ascii", "61e46220c3bc0d0a", "a\uFFFDb \uFFFD\uFFFD\n")]
    [InlineData("cp1252", "80e40a", "€ä\n")]
    [InlineData("cp1252", "81610a", "\uFFFDa\n")]
    [InlineData("iso8859_8", "a1e00a", "\uFFFDא\n")]
    [InlineData("latin1", "e485fc0d0a", "ä\u0085ü\n")]
    [InlineData("shift_jis", "82a081 0a82a00a", "あ\uFFFD\nあ\n")]
    [InlineData("cp037", "818225 8325", "ab\nc\n")]
    [InlineData("utf-16", "fffe61000d000a000a010a00", "a\nĊ\n")]
    [InlineData("utf-16", "feff0061000a0a00000a", "a\n\u0a00\n")]
    [InlineData("utf-16-be", "0061000d000a010a000a", "a\nĊ\n")]
    [InlineData("utf-16-le", "00d861000a00", "\uFFFDa\n")]
    [InlineData("utf-32", "fffe0000e40000000a000000", "ä\n")]
    [InlineData("utf-8-sig", "efbbbf610aefbbbf620a", "a\nb\n")]
    [InlineData("utf-8", "efbbbf610a", "\uFEFFa\n")]
    [InlineData("euc_kr", "b0a10a", "가\n")]
    [InlineData("gb18030", "81308130b0a10a", "\u0080啊\n")]
    public void Bytes_become_text_as_in_Python(string encoding, string hex, string expected) =>
        Assert.Equal(expected, Decode(encoding, Convert.FromHexString(hex.Replace(" ", "")), out _));

    [Fact]
    public void The_first_unreadable_line_is_reported_as_stored()
    {
        Decode("utf-8", [.. "good\nbad "u8, 0xFF, .. "\r\nworse "u8, 0xFE, .. "\n"u8], out byte[]? unreadable);
        Assert.Equal([.. "bad "u8, 0xFF, .. "\r\n"u8], unreadable);
        Decode("utf-8", [.. "good\n"u8], out unreadable);
        Assert.Null(unreadable);
        Decode("ascii", [.. "good\n"u8, 0x80, .. "\n"u8], out unreadable);
        Assert.Equal([0x80, (byte)'\n'], unreadable);
    }

    [Fact]
    public void Any_bytes_become_valid_text_with_as_many_lines() =>
        Gen.Select(Gen.OneOf("utf-8", "ascii", "latin1", "cp1251", "shift_jis", "euc_jp", "gbk", "big5", "iso2022_jp", "hz"), Gen.Frequency((3, Gen.Byte), (1, Gen.OneOf<byte>(10, 13, 14, 15, 27, 126))).Array[0, 200])
            .Sample((encoding, bytes) =>
            {
                byte[] raw = [.. bytes, (byte)'\n'];
                string text = Decode(encoding, raw, out _);
                Assert.Equal(raw.Count(value => value == '\n'), text.Count(c => c == '\n'));
                Assert.EndsWith("\n", text);
            }, iter: 2000);

    [Fact]
    public void Valid_text_stays_in_its_buffer()
    {
        byte[] raw = ArrayPool<byte>.Shared.Rent(64);
        int length = Encoding.UTF8.GetBytes("grün\r\n", raw);
        DecodedLines lines = LineDecoder.Decode(LogEncoding.Utf8.Codec, raw, length);
        Assert.Same(raw, lines.Buffer);
        Assert.Equal("grün\n"u8, lines.Buffer.AsSpan(0, lines.Length));
    }

    private static string Decode(string encoding, byte[] stored, out byte[]? unreadable)
    {
        Assert.True(LogEncoding.TryParse(encoding, out LogEncoding parsed, out string error), error);
        byte[] raw = ArrayPool<byte>.Shared.Rent(stored.Length);
        stored.CopyTo(raw, 0);
        DecodedLines lines = LineDecoder.Decode(parsed.Codec.Resolve(stored), raw, stored.Length);
        unreadable = lines.Unreadable;
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(lines.Buffer, 0, lines.Length);
    }
}
