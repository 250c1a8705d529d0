using Fail2Ban.Control.Commands;
using Fail2Ban.Detection.Matching;

namespace Fail2Ban.Tests.Control.Commands;

public sealed class PatternsAheadTests
{
    [Fact]
    public void Regexes_of_a_stream_are_found_with_what_they_are_compiled_with()
    {
        object?[] stream =
        [
            new object?[] { "add", "a", "auto" },
            new object?[] { "set", "a", "prefregex", "^<F-CONTENT>.+</F-CONTENT>$" },
            new object?[] { "set", "a", "usedns", "raw" },
            new object?[] { "set", "a", "maxlines", 3L },
            new object?[] { "multi-set", "a", "addfailregex", new object?[] { "one <HOST>", "two <HOST>" } },
            new object?[] { "set", "a", "addignoreregex", "three" },
            new object?[] { "set", "b", "addfailregex", "four <HOST>" },
            new object?[] { "set", "b", "action", "nftables", "actionban", "addfailregex" },
            new object?[] { "start", "a" },
            "nonsense",
        ];
        using RegexesAhead ahead = PatternsAhead.Of(stream);
        Assert.Equal(
            [
                ("^<F-CONTENT>.+</F-CONTENT>$", UseDns.Warn, false),
                ("one <HOST>", UseDns.Raw, true),
                ("two <HOST>", UseDns.Raw, true),
                ("three", UseDns.Raw, false),
                ("four <HOST>", UseDns.Warn, false),
            ],
            ahead.Regexes);
        ahead.Wait();
    }

    [Fact]
    public void What_is_no_regex_is_left_for_its_command_to_be_told()
    {
        using RegexesAhead ahead = PatternsAhead.Of([new object?[] { "multi-set", "a", "addfailregex", new object?[] { "(", "", "fine <HOST>", "[" } }]);
        ahead.Wait();
        Assert.Equal(4, ahead.Regexes.Count);
        Assert.Throws<FilterException>(() => CompiledRegex.Compile("(", UseDns.Warn, multiLine: false));
    }
}
