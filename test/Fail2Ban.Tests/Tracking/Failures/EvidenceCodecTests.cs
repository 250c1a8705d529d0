using CsCheck;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Tracking.Failures;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Tracking.Failures;

public sealed class EvidenceCodecTests
{
    // No lone surrogates: what comes out of a log is valid text.
    private static readonly Gen<string> Text = Gen.Char['\0', '\ud7ff'].Array[0, 40].Select(chars => new string(chars));

    private static readonly Gen<MatchedLine> Line = Gen.Select(Text, Text, Text).Select((before, date, after) => new MatchedLine(before, date, after));

    private static readonly Gen<object?> Value = Gen.OneOf(
        Text.Select(text => (object?)text),
        Gen.Const((object?)null),
        Text.Array[0, 3].Select(items => (object?)new PythonTuple([.. items])),
        Text.Array[0, 3].Select(items => (object?)new PythonSet([.. items])));

    [Fact]
    public void What_goes_in_comes_out() => Gen.Select(Line.Array[0, 4], Value.Array[0, 4]).Sample((lines, values) =>
    {
        var codec = new EvidenceCodec();
        FailureData data = Attempts.Data([.. values.Select((value, i) => ($"f{i}", value))]);
        (var matches, FailureData decoded) = codec.Decode(codec.Encode(lines, data));
        Assert.Equal(lines, matches);
        Assert.Equal(Shown(data), Shown(decoded));
    });

    [Fact]
    public void A_field_out_of_the_line_costs_four_bytes()
    {
        var codec = new EvidenceCodec();
        MatchedLine[] lines = [new("", "", "fail bob from 192.0.2.2")];
        int without = codec.Encode(lines, FailureData.Empty).Length;
        Assert.Equal(without + 8, codec.Encode(lines, Attempts.Data(("user", "bob"), ("ip4", "192.0.2.2"))).Length);
    }

    [Fact]
    public void Appending_a_line_packs_what_packing_all_lines_packs() => Gen.Select(Line.Array[0, 5], Line, Value.Array[0, 4]).Sample((lines, further, values) =>
    {
        const int most = 5;
        var codec = new EvidenceCodec();
        FailureData data = Attempts.Data([.. values.Select((value, i) => ($"f{i}", value))]);
        byte[] packed = codec.Encode(lines, data).ToArray();
        bool isAppended = codec.TryAppend(packed, further, most, out ReadOnlySpan<byte> all);
        Assert.Equal(lines.Length is > 0 and < most, isAppended);
        byte[] appended = all.ToArray();
        if (isAppended) Assert.Equal(codec.Encode([.. lines, new MatchedLine("", "", further.ToString())], data).ToArray(), appended);
    });

    private static IEnumerable<string> Shown(FailureData data) => data.Fields.Select(field => $"{field.Key}={PythonText.Repr(field.Value)}");
}
