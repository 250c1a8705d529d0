using System.Numerics;
using System.Text;
using CsCheck;
using Fail2Ban.Control.Wire;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Control.Wire;

public sealed class PickleTests
{
    private static readonly Gen<string> Texts = Gen.Frequency((20, Gen.String), (2, Gen.Const("é\u4e2d\U0001f600\ud800")), (2, Gen.String[Gen.Char['a', 'z'], 250, 260]), (1, Gen.Const(new string('x', 70000))));

    private static readonly Gen<object?> Plain = Gen.OneOf(
        Gen.Const((object?)null), Gen.Bool.Select(flag => (object?)flag), Gen.Long.Select(number => (object?)number), Gen.Int.Select(number => (object?)(long)number),
        Gen.Double.Select(number => (object?)number), Texts.Select(text => (object?)text), Gen.Byte.Array.Select(bytes => (object?)bytes),
        Gen.Long.Select(number => (object?)(((BigInteger)number << 70) + (number < 0 ? BigInteger.MinusOne : BigInteger.One))));

    internal static readonly Gen<object?> Values = Gen.Recursive<object?>((depth, inner) => depth > 3 ? Plain : Gen.Frequency(
        (4, Plain),
        (1, inner.List[0, 5].Select(items => (object?)items)),
        (1, inner.Array[0, 5].Select(items => (object?)new PythonTuple(items))),
        (1, Gen.Select(Gen.String, inner).Array[0, 5].Select(pairs => (object?)DictOf(pairs))),
        (1, Gen.String.Array[0, 5].Select(items => (object?)new PythonSet([.. items])))));

    [Fact]
    public void Reads_back_what_it_wrote() => Values.Sample(value =>
        Pickle.TryDecode(Pickle.Encode(value), out object? back, out string? error) && PythonText.Repr(back) == PythonText.Repr(value) ? true : throw new InvalidOperationException(error));

    [Fact]
    public void Ping_is_the_bytes_of_the_original() => Assert.Equal(
        Convert.FromHexString("8005950b000000000000005d948c0470696e6794612e"), Pickle.Encode(new List<object?> { "ping" }));

    [Fact]
    public void Ids_are_sent_as_the_call_that_the_original_sends() => Assert.Equal(
        "\u0080\u0005\u0095+\0\0\0\0\0\0\0K\0]\u0094\u008c\u0008builtins\u0094\u008c\u0003str\u0094\u0093\u0094\u008c\u0009192.0.2.1\u0094\u0085\u0094R\u0094a\u0086\u0094.",
        Encoding.Latin1.GetString(Pickle.Encode(new PythonTuple(0, new List<object?> { new PythonId("192.0.2.1") }))));

    [Fact]
    public void Exceptions_are_sent_by_the_reference_of_their_class() => Assert.Equal(
        "\u0080\u0005\u0095?\0\0\0\0\0\0\0K\u0001\u008c\u0013fail2ban.exceptions\u0094\u008c\u0014UnknownJailException\u0094\u0093\u0094\u008c\u0004nope\u0094\u0085\u0094R\u0094\u0086\u0094.",
        Encoding.Latin1.GetString(Pickle.Encode(new PythonTuple(1, new PythonError("UnknownJailException", "nope")))));

    [Fact]
    public void An_exception_that_the_original_does_not_know_goes_as_a_plain_one() => Assert.Equal(
        "Exception('no room')", RoundTrip(new PythonError("SocketOnFireException", "no room")));

    [Theory]
    [InlineData("", "Ran out of input")]
    [InlineData("[", "invalid load key, '['.")]
    [InlineData("\u00ff", "invalid load key, '\\xff'.")]
    [InlineData("'", "invalid load key, '\\x27'.")]
    [InlineData("\u0080\u0006.", "unsupported pickle protocol: 6")]
    [InlineData("\u0080\u0005", "Ran out of input")]
    [InlineData(".", "unpickling stack underflow")]
    [InlineData("(.", "unexpected MARK found")]
    [InlineData("h\0.", "Memo value not found at index 0")]
    [InlineData("\u0080\u0005\u0095\u000a\0\0\0\0\0\0\0N.", "pickle data was truncated")]
    [InlineData("K", "pickle data was truncated")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff" + "a", "pickle data was truncated")]
    [InlineData("X\u0001\0\0\0\u00ff.", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte")]
    [InlineData("l.", "could not find MARK")]
    [InlineData("NNs.", "unpickling stack underflow")]
    [InlineData("N(NNe.", "'NoneType' object has no attribute 'append'")]
    [InlineData("(Nd.", "odd number of items for DICT")]
    [InlineData("}]Ns.", "unhashable type: 'list'")]
    [InlineData("I1x\n.", "could not convert string to int")]
    [InlineData("gx\n.", "invalid literal for int() with base 10: 'x\\n'")]
    [InlineData("\u008b\u00ff\u00ff\u00ff\u00ff.", "LONG pickle has negative byte count")]
    public void What_is_no_pickle_is_refused_in_the_words_of_Python(string data, string error) => Assert.Equal(error, Refusal(data));

    [Theory]
    [InlineData("cos\nsystem\n(S'id'\ntR.", "global 'os.system' is forbidden")]
    [InlineData("cbuiltins\neval\n(S'1'\ntR.", "global 'builtins.eval' is forbidden")]
    [InlineData("c__builtin__\ngetattr\n.", "global '__builtin__.getattr' is forbidden")]
    [InlineData("cfail2ban.exceptions\nos.system\n.", "global 'fail2ban.exceptions.os.system' is forbidden")]
    [InlineData("cbuiltins\nstr\n.", "class str as a value is forbidden")]
    [InlineData("cbuiltins\nstr\n]\u0085R.", "call of str with 1 argument(s) of this kind is forbidden")]
    [InlineData("NN\u0081.", "making an object is forbidden")]
    [InlineData("(ios\nsystem\n.", "making an object is forbidden")]
    [InlineData("(cbuiltins\nstr\no.", "making an object is forbidden")]
    [InlineData("]}b.", "state of an object is forbidden")]
    [InlineData("N)R.", "'NoneType' object is not callable")]
    [InlineData("}(NNu.", "a dictionary key of type 'NoneType' is forbidden")]
    [InlineData("]\u0094h\0a.", "nested deeper than 100 levels")]
    public void What_would_be_more_than_data_is_refused(string data, string error) => Assert.Equal(error, Refusal(data));

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Equal(
        "nested deeper than 100 levels", Refusal(new string(']', 200000) + new string('a', 199999) + "."));

    [Fact]
    public void Small_data_that_unfolds_to_much_is_refused()
    {
        var bomb = new StringBuilder("]q\0");
        for (int i = 0; i < 60; i++) bomb.Append("](" + "h").Append((char)i).Append('h').Append((char)i).Append("eq").Append((char)(i + 1));
        Assert.Equal("the value unfolds to too much data", Refusal(bomb.Append('.').ToString()));
    }

    [Fact]
    public void A_long_text_named_again_and_again_is_refused() => Assert.Equal(
        "the value unfolds to too much data", Refusal("(X\u0060\u00ea\0\0" + new string('x', 60000) + "q\0" + string.Concat(Enumerable.Repeat("h\0", 50000)) + "l."));

    [Fact]
    public void No_bytes_make_it_throw() => Gen.Byte.Array[0, 60].Sample(bytes => { Pickle.TryDecode(bytes, out _, out _); });

    [Fact]
    public void A_damaged_pickle_never_makes_it_throw() => Gen.Select(Values, Gen.Int[0, 1000], Gen.Byte).Sample((value, at, damage) =>
    {
        byte[] bytes = Pickle.Encode(value);
        bytes[at % bytes.Length] = damage;
        Pickle.TryDecode(bytes, out _, out _);
    });

    private static PythonDict DictOf((string, object?)[] pairs)
    {
        var dict = new PythonDict();
        foreach ((string key, object? value) in pairs) dict[key] = value;
        return dict;
    }

    private static string RoundTrip(object? value) =>
        Pickle.TryDecode(Pickle.Encode(value), out object? back, out string? error) ? PythonText.Repr(back) : error;

    private static string Refusal(string latin1)
    {
        Assert.False(Pickle.TryDecode(Encoding.Latin1.GetBytes(latin1), out _, out string? error));
        return error!;
    }
}
