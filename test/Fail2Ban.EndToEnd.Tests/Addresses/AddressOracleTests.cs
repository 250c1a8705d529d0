using CsCheck;
using Fail2Ban.Addresses;

namespace Fail2Ban.EndToEnd.Tests.Addresses;

/// <summary>Addresses read and print as inet_pton(3) and inet_ntop(3) do.</summary>
public sealed class AddressOracleTests
{
    private const string Script =
        """
        import sys, socket
        for line in sys.stdin:
            text = line.rstrip("\n")
            family = socket.AF_INET6 if ":" in text else socket.AF_INET
            try: print(socket.inet_ntop(family, socket.inet_pton(family, text)))
            except OSError: print("-")
        """;

    [Fact]
    public async Task Addresses_read_and_print_as_in_the_C_library()
    {
        await OriginalModules.RequireAsync(fail2ban: false);
        var texts = new List<string>();
        Gen<string> group = OneOf("0", "0", "0", "1", "ffff", "12345", "g", "", "db8", "0000", "00001", "1.2.3.4");
        Gen.OneOf(
            Gen.Byte.Array[16].Select(bytes => new System.Net.IPAddress([.. bytes.Select((b, i) => bytes[i / 2 * 2] < 160 ? (byte)0 : b)]).ToString()),
            group.Array[2, 9].Select(groups => string.Join(':', groups)),
            OneOf("0", "1", "255", "256", "01", "", "a").Array[3, 5].Select(parts => string.Join('.', parts)))
            .Sample(text => { lock (texts) texts.Add(text); }, iter: 20_000);
        string[] expected = (await OriginalModules.RunAsync(Script, string.Concat(texts.Select(text => text + "\n")))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(texts.Count, expected.Length);
        for (int i = 0; i < texts.Count; i++)
        {
            string read = IpRange.TryParse(texts[i], out IpRange range) ? range.ToString() : "-";
            string wanted = expected[i].StartsWith("::ffff:", StringComparison.Ordinal) && expected[i].Contains('.', StringComparison.Ordinal) ? expected[i][7..] : expected[i];
            Assert.True(read == wanted, $"{texts[i]}: {read} instead of {wanted}");
        }

        Assert.Contains(expected, line => line.Contains("::", StringComparison.Ordinal));
        Assert.Contains("-", expected);
    }

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
