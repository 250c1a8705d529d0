using Fail2Ban.Tags;

namespace Fail2Ban.Tests.Tags;

public sealed class DynamicTagsTests
{
    [Fact]
    public void Plain_values_are_inserted_as_they_are()
    {
        ShellText text = DynamicTags.ForShell("ban <ip> a%b!=<x>", tag => tag switch { "ip" => "2001:db8::5", "x" => "pq=!%", _ => null });
        Assert.Equal("ban 2001:db8::5 a%b!=pq=!%", text.Text);
        Assert.Empty(text.Arguments);
    }

    [Fact]
    public void Values_that_mean_something_to_a_shell_become_its_arguments()
    {
        ShellText text = DynamicTags.ForShell("echo \"<F-USER>\"", tag => tag == "F-USER" ? "x;id" : null);
        Assert.Equal("f2bV_F_user=$0 \necho \"$f2bV_F_user\"", text.Text);
        Assert.Equal(["x;id"], text.Arguments);
    }

    [Theory]
    [InlineData('\\')]
    [InlineData('#')]
    [InlineData('&')]
    [InlineData(';')]
    [InlineData('`')]
    [InlineData('|')]
    [InlineData('*')]
    [InlineData('?')]
    [InlineData('~')]
    [InlineData('<')]
    [InlineData('>')]
    [InlineData('^')]
    [InlineData('(')]
    [InlineData(')')]
    [InlineData('[')]
    [InlineData(']')]
    [InlineData('{')]
    [InlineData('}')]
    [InlineData('$')]
    [InlineData('\'')]
    [InlineData('"')]
    [InlineData(' ')] // "IP=<ip>" would run the second word
    [InlineData('\t')]
    [InlineData('\n')]
    [InlineData('\r')]
    public void Each_special_character_makes_a_variable(char special) =>
        Assert.Equal([$"a{special}b"], DynamicTags.ForShell("<ip>", _ => $"a{special}b").Arguments);

    [Fact]
    public void Values_are_not_searched_for_tags() =>
        Assert.Equal("f2bV_matches=$0 \nx $f2bV_matches 1.2.3.4", DynamicTags.ForShell("x <matches> <ip>", tag => tag == "ip" ? "1.2.3.4" : "<ip>").Text);

    [Fact]
    public void Missing_fields_are_empty_and_unknown_tags_stay() =>
        Assert.Equal("[] <nope> <F-foo> < a> <>", DynamicTags.ForShell("[<F-NONE>] <nope> <F-foo> < a> <>", _ => null).Text);

    [Fact]
    public void A_name_does_not_swallow_what_follows()
    {
        ShellText text = DynamicTags.ForShell("<ip>abc<ip>-", _ => "a b;");
        Assert.Equal("f2bV_ip=$0 \n${f2bV_ip}abc$f2bV_ip-", text.Text);
    }

    [Fact]
    public void More_than_ten_values_have_their_own_arguments()
    {
        string tags = string.Concat(Enumerable.Range(0, 12).Select(i => $"<t{i}>"));
        ShellText text = DynamicTags.ForShell(tags, tag => tag + ";");
        Assert.Contains("f2bV_t10=${10} f2bV_t11=${11} \n", text.Text, StringComparison.Ordinal);
        Assert.Equal("t11;", text.Arguments[11]);
    }

    [Fact]
    public void Names_that_would_be_one_variable_are_two()
    {
        ShellText text = DynamicTags.ForShell("<F-A_B> <F-A-B>", tag => tag + ";");
        Assert.Equal("f2bV_F_a_b=$0 f2bV_F_a_b_=$1 \n$f2bV_F_a_b $f2bV_F_a_b_", text.Text);
    }

    [Fact]
    public void A_zero_byte_cannot_cut_the_command_short() =>
        Assert.Equal(["a\ufffdb"], DynamicTags.ForShell("<F-USER>; rest", _ => "a\0b").Arguments);

    [Fact]
    public void Very_long_values_fit_into_one_argument_of_the_kernel()
    {
        ShellText text = DynamicTags.ForShell("<matches>", _ => new string('é', 200_000));
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(text.Arguments[0]) <= 100_000);
    }

    [Fact]
    public void Without_a_shell_values_stay_as_they_are() => Assert.Equal("x;id 5", DynamicTags.AsText("<F-USER> <failures>", tag => tag == "failures" ? "5" : "x;id"));

    [Theory]
    [InlineData("F-USER", "user")]
    [InlineData("F-ID", "fid")]
    [InlineData("F-PORT", "fport")]
    [InlineData("F-A_B-2", "a_b-2")]
    public void Fields_are_lower_case(string tag, string field)
    {
        Assert.True(DynamicTags.TryGetField(tag, out string found));
        Assert.Equal(field, found);
    }

    [Theory]
    [InlineData(new byte[] { 192, 0, 2, 7 }, null, "7.2.0.192.")]
    [InlineData(new byte[] { 198, 51, 100, 0 }, 24, "0/24.100.51.198.")]
    [InlineData(new byte[] { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5 }, null, "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.")]
    public void Addresses_are_reversed_for_DNS(byte[] address, int? prefix, string expected) => Assert.Equal(expected, ReversedAddress.Of(address, prefix));
}
