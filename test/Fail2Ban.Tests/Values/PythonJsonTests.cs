using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Values;

public sealed class PythonJsonTests
{
    [Theory]
    [InlineData("\"\\udc80\"", "\ufffd")]
    [InlineData("\"a\\ud800b\"", "a\ufffdb")]
    [InlineData("\"\\ud800\\ud83d\\ude00\"", "\ufffd\ud83d\ude00")]
    [InlineData("\"\\\\udc80\"", "\\udc80")]
    [InlineData("\"\\ud83d\\ude00\"", "\ud83d\ude00")]
    public void Half_of_a_pair_costs_only_itself(string json, string expected)
    {
        Assert.True(PythonJson.TryRead(Encoding.ASCII.GetBytes(json), out object? value));
        Assert.Equal(expected, value);
        Assert.True(PythonJson.TryRead(Encoding.ASCII.GetBytes($"{{{json}: 1}}"), out value));
        Assert.Equal([expected], ((PythonDict)value!).Select(pair => pair.Key));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'"', 0xff, (byte)'"' })]
    [InlineData(new byte[] { (byte)'N', (byte)'a', (byte)'N' })]
    [InlineData(new byte[] { (byte)'"', (byte)'\\' })]
    [InlineData(new byte[0])]
    public void What_is_no_json_is_refused(byte[] line) => Assert.False(PythonJson.TryRead(line, out _));

    [Fact]
    public void What_is_written_can_be_read() => Assert.True(PythonJson.TryRead(PythonJson.Line(new PythonDict { ["a\ud800"] = "\udc80", ["b"] = double.NaN }).ToArray(), out _));
}
