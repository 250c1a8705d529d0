using Fail2Ban.Tags;

namespace Fail2Ban.Tests.Tags;

public sealed class RecursiveTagsTests
{
    [Theory]
    [InlineData("<a>", "A")]
    [InlineData("<x-<mode>>", "composed")]
    [InlineData("<ip> <HOST> <unknown>", "<ip> <HOST> <unknown>")]
    [InlineData("<a b> < a> <>", "<a b> < a> <>")]
    [InlineData("1 < 2 <a>", "1 < 2 A")]
    [InlineData("<b>", "see A")]
    [InlineData("<kept>", "<kept>")]
    [InlineData("<looked>", "up A")]
    public void Replaces_what_it_can(string text, string expected)
    {
        OrderedDictionary<string, string> properties = new()
        {
            ["text"] = text, ["a"] = "A", ["b"] = "see <a>", ["mode"] = "m", ["x-m"] = "composed", ["kept"] = "never",
        };
        Assert.Null(RecursiveTags.Substitute(properties, keep: new HashSet<string> { "kept" }, lookUp: tag => tag == "looked" ? "up <a>" : null));
        Assert.Equal(expected, properties["text"]);
    }

    [Fact]
    public void Variant_for_the_condition_goes_first()
    {
        OrderedDictionary<string, string> properties = new() { ["ban"] = "<tool> <other>", ["tool"] = "four", ["tool?family=inet6"] = "six", ["other"] = "o" };
        Assert.Null(RecursiveTags.Substitute(properties, "family=inet6"));
        Assert.Equal("six o", properties["ban"]);
    }

    [Theory]
    [InlineData("<a>", "x", "fail tag: a, found: a in {}, value: <a>")]
    [InlineData("<b>", "<a>", "fail tag: a, found: a in {'b': 1}, value: <a>")]
    public void Circles_are_an_error_that_names_them(string a, string b, string expected)
    {
        string? error = RecursiveTags.Substitute(new OrderedDictionary<string, string> { ["a"] = a, ["b"] = b });
        Assert.Equal($"properties contain self referencing definitions and cannot be resolved, {expected}", error);
    }

    [Fact]
    public void Growing_values_end()
    {
        OrderedDictionary<string, string> properties = new() { ["a0"] = new string('x', 1000) };
        for (int level = 1; level < 20; level++) properties[$"a{level}"] = string.Concat(Enumerable.Repeat($"<a{level - 1}>", 10));
        Assert.NotNull(RecursiveTags.Substitute(properties));
    }

    [Fact]
    public void Tags_that_double_before_they_are_texts_end()
    {
        // The largest first: each is put together of tags alone, by the million, and takes no room until the last step.
        OrderedDictionary<string, string> properties = [];
        for (int level = 0; level < 22; level++) properties[$"a{level}"] = $"<a{level + 1}><a{level + 1}>";
        properties["a22"] = "xxxxxxxxxxxx";
        Assert.NotNull(RecursiveTags.Substitute(properties));
    }
}
