using Fail2Ban.Detection.Lines;

namespace Fail2Ban.Tests.Detection.Lines;

public sealed class LogEncodingTests
{
    [Theory]
    [InlineData("UTF-8", "utf_8")]
    [InlineData("utf8", "U8")]
    [InlineData("latin-1", "ISO-8859-1")]
    [InlineData("ISO8859-15", "latin9")]
    [InlineData("windows-1251", "cp1251")]
    [InlineData("ANSI_X3.4-1968", "ascii")]
    [InlineData("Shift JIS", "sjis")]
    [InlineData("cp65001", "utf-8")]
    [InlineData("866", "IBM866")]
    public void Aliases_mean_the_same_codec(string name, string other)
    {
        Assert.True(LogEncoding.TryParse(name, out LogEncoding one, out _));
        Assert.True(LogEncoding.TryParse(other, out LogEncoding two, out _));
        Assert.Same(one.Codec, two.Codec);
        Assert.Equal(name, one.Name);
    }

    [Fact]
    public void Unknown_name_is_answered_with_near_ones()
    {
        Assert.False(LogEncoding.TryParse("cp1253x", out _, out string error));
        Assert.StartsWith("unknown encoding: cp1253x; near names: cp1253, ", error);
        Assert.False(LogEncoding.TryParse("", out _, out error));
        Assert.StartsWith("unknown encoding: ; near names: ", error);
    }

    [Theory]
    [InlineData("de_DE.UTF-8", null, "UTF-8")]
    [InlineData(null, null, "UTF-8")]
    [InlineData("C", "de_DE.ISO-8859-1", "UTF-8")]
    [InlineData(null, "POSIX", "UTF-8")]
    [InlineData("", "ru_RU.KOI8-R", "KOI8-R")]
    [InlineData("de_DE@euro", null, "ISO-8859-15")]
    [InlineData("de_DE.ISO-8859-15@euro", null, "ISO-8859-15")]
    [InlineData("xx_XX.NOSUCH", null, "UTF-8")]
    public void Auto_follows_the_locale(string? all, string? lang, string expected) =>
        Assert.Equal(expected, LogEncoding.OfLocale(name => name switch { "LC_ALL" => all, "LANG" => lang, _ => null }).Name);

    [Fact]
    public void Every_listed_codec_exists_and_ends_lines()
    {
        foreach (string line in PythonCodecNames.Table.Split('\n'))
        {
            string name = line.Split(' ')[1];
            Assert.True(LogEncoding.TryParse(name, out LogEncoding encoding, out _), name);
            byte[] newline = encoding.Codec.Newline;
            Assert.Equal(newline.Length, encoding.Codec.FirstLineEnd([.. newline, .. newline]));
            Assert.Equal(2 * newline.Length, encoding.Codec.LastLineEnd([.. newline, .. newline]));
        }
    }
}
