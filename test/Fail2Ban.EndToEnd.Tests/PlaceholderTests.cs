namespace Fail2Ban.EndToEnd.Tests;

public sealed class PlaceholderTests
{
    [Fact]
    public void Nothing_yet() { }
}
