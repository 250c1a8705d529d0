using Fail2Ban.Values;

namespace Fail2Ban.Tests.Values;

public sealed class PythonTextTests
{
    [Theory]
    [InlineData(1.0, "1.0")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(1786708798.0, "1786708798.0")]
    [InlineData(1200.0014649, "1200.0014649")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1.5e16, "1.5e+16")]
    [InlineData(1e300, "1e+300")]
    [InlineData(0.0, "0.0")]
    public void Floats_read_as_in_Python(double value, string expected) => Assert.Equal(expected, PythonText.Repr(value));

    [Theory]
    [InlineData("a", "'a'")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("'\"", "'\\'\"'")]
    [InlineData("a\\b\n\t\x01é\u200b\u00a0", "'a\\\\b\\n\\t\\x01é\\u200b\\xa0'")]
    public void Strings_are_quoted_as_in_Python(string value, string expected) => Assert.Equal(expected, PythonText.Repr(value));

    [Fact]
    public void Containers_nest() => Assert.Equal(
        "['set', ('x',), {'a': None}, {1}, set(), b'\\x00', True]",
        PythonText.Repr(new List<object?> { "set", new PythonTuple("x"), new PythonDict { ["a"] = null }, new PythonSet(1), new PythonSet(), new byte[] { 0 }, true }));
}
