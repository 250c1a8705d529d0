using System.Text;
using CsCheck;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Store;
using Fail2Ban.Tests.Tracking;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Store;

public sealed class BanJsonTests
{
    private static readonly Ticket Sample = Attempts.Ticket("192.0.2.2") with
    {
        Matches = [new("", "Nov 23 00:13:29", " srv fail bob from 192.0.2.2"), new("", "", "Nov 23 00:13:29 srv fail zoé from 192.0.2.2")],
        Data = Attempts.Data(("user", "bob"), ("none", null), ("ip4", "192.0.2.2")),
    };

    // The sample of the original, byte for byte.
    [Fact]
    public void Written_as_the_original_does() => Assert.Equal(
        """{"matches": [["", "Nov 23 00:13:29", " srv fail bob from 192.0.2.2"], "Nov 23 00:13:29 srv fail zoé from 192.0.2.2"], "failures": 3, "user": "bob", "ip4": "192.0.2.2"}""",
        Written(Sample));

    [Fact]
    public void Only_the_last_lines_are_stored() => Assert.Equal(
        """{"matches": ["Nov 23 00:13:29 srv fail zoé from 192.0.2.2"], "failures": 3, "user": "bob", "ip4": "192.0.2.2"}""",
        Written(Sample, 1));

    [Fact]
    public void Without_maxmatches_there_is_no_key() =>
        Assert.Equal("""{"failures": 3, "user": "bob", "ip4": "192.0.2.2"}""", Written(Sample, 0));

    [Fact]
    public void Manual_ban_has_nothing_in_it() => Assert.Equal(
        """{"matches": [], "failures": 0}""",
        Written(Attempts.Ticket("192.0.2.2") with { Matches = [], Data = FailureData.Empty, Failures = 0 }));

    [Fact]
    public void Text_is_escaped_as_Python_does() => Assert.Equal(
        "{\"matches\": [\"q\\\" b\\\\ \\u0001\\b\\f\\n\\r\\t\u007f\u2028é😀/\"], \"failures\": 3}",
        Written(Sample with { Matches = [new("", "", "q\" b\\ \u0001\b\f\n\r\t\u007f\u2028é😀/")], Data = FailureData.Empty }));

    [Fact]
    public void Tuples_and_sets_are_lists_and_another_address_is_kept() => Assert.Equal(
        """{"matches": [], "failures": 3, "t": ["a", "b"], "users": ["x"], "ip": "192.0.2.1"}""",
        Written(Attempts.Ticket("sess", address: "192.0.2.1") with { Matches = [], Data = Attempts.Data(("t", new PythonTuple("a", "b")), ("users", new PythonSet("x"))) }));

    [Fact]
    public void What_is_written_is_read() => Gen.Select(Gen.String, Gen.String, Gen.String, Gen.Int).Sample((before, date, after, failures) =>
    {
        Ticket ticket = Sample with { Matches = [new(before, date, after)], Failures = failures, Data = Attempts.Data(("f", after), ("users", new PythonSet(before))) };
        (int count, var matches, FailureData data, _) = BanJson.Read(new BanJson().Write(ticket, 10));
        Assert.Equal(failures, count);
        Assert.Equal(Valid(before + date + after), matches[0].ToString());
        Assert.Equal(Valid(after), data["f"]);
        Assert.Equal([Valid(before)], (PythonSet)data["users"]!);
    });

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"failures\": 3")]
    [InlineData("\u0001")]
    [InlineData("{\"matches\": {\"a\": 1}, \"failures\": \"x\"}")]
    public void What_cannot_be_read_is_empty(string json)
    {
        (int failures, var matches, FailureData data, _) = BanJson.Read(Encoding.UTF8.GetBytes(json));
        Assert.Equal((0, 0, 0), (failures, matches.Length, data.Fields.Length));
    }

    private static string Written(Ticket ticket, int maxMatches = 10) => Encoding.UTF8.GetString(new BanJson().Write(ticket, maxMatches));

    [Fact]
    public void A_number_beyond_all_bounds_does_not_cost_the_others()
    {
        (int failures, _, FailureData data, _) = BanJson.Read("""{"failures": 3, "x": [1, 1e999]}"""u8);
        Assert.Equal(3, BanJson.Read(new BanJson().Write(Sample with { Failures = failures, Data = data }, 10)).Failures);
    }

    // Lone surrogates become U+FFFD, as everywhere in UTF-8.
    private static string Valid(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
