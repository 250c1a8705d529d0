using Fail2Ban.Configuration;

namespace Fail2Ban.Tests.Configuration;

public sealed class ParameterListTests
{
    [Theory]
    [InlineData("a", "a", "")]
    [InlineData("a[]", "a", "")]
    [InlineData("a[x=1]", "a", "x=1")]
    [InlineData("a[x=1,]", "a", "x=1")]
    [InlineData("a[p=1][q=2]", "a", "p=1|q=2")]
    [InlineData("a[p=1] [q=2]", "a", "p=1|q=2")]
    [InlineData("a[x=\"q]\"]", "a", "x=q]")]
    [InlineData("a[x='\"']", "a", "x=\"")]
    [InlineData("a [x=1]", "a ", "x=1")]
    [InlineData("a]", "a]", "")]
    [InlineData("a[x=1] \n", "a", "x=1")]
    [InlineData("a[x=1 y=2]", "a", "x=1 y=2")]
    [InlineData("a[,]", "a", "")]
    [InlineData("a[x=,y=]", "a", "x=|y=")]
    [InlineData("a[x=\"a\nb\",\n y=2]", "a", "x=a\nb|y=2")]
    [InlineData("a[x=1,x=2]", "a", "x=2")]
    [InlineData("a[x-y.z_1=2]", "a", "x-y.z_1=2")]
    [InlineData("a[x=\"abc]", "a", "x=\"abc")]
    [InlineData("a[é=1]", "a", "é=1")]
    [InlineData("a[x=\" q \"]", "a", "x=q")]
    [InlineData("a[blocktype?family=inet6=DROP]", "a", "blocktype?family=inet6=DROP")]
    public void Reads_names_and_parameters(string text, string name, string parameters)
    {
        Assert.True(ParameterList.TryParse(text, out ParameterList? list, out string error), error);
        Assert.Equal(name, list!.Name);
        Assert.Equal(parameters, string.Join('|', list.Parameters.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Theory]
    [InlineData("", "unexpected option syntax")]
    [InlineData("a[x", "unexpected option syntax")]
    [InlineData("a[x=1]b", "unexpected option syntax")]
    [InlineData("[x=1]", "unexpected option syntax")]
    [InlineData("a[foo]", "expected option, wrong syntax at 0: foo")]
    [InlineData("a[ x = 1 ]", "expected option, wrong syntax at 0:  x = 1 ")]
    [InlineData("a[x=1,,y=2]", "expected option, wrong syntax at 4: ,y=2")]
    [InlineData("a[x=\"1\"y]", "unexpected syntax at 5 after option 'x': y")]
    [InlineData("a[x=\"1\" , b=2]", "unexpected syntax at 5 after option 'x':  , b=2")]
    [InlineData("a[x=1]]", "unexpected syntax at 3 after option 'x': ]")]
    [InlineData("a[x=b]c[d=e]", "unexpected syntax at 3 after option 'x': ]c[d=e")]
    [InlineData("a[mode=a, Mode=b, zz?c=d]", "expected option, wrong syntax at 15:  zz?c=d")]
    [InlineData("a[x=1, 0123456789012345678901234567]", "expected option, wrong syntax at 4:  012345678901234567890123")]
    public void Says_where_it_is_wrong(string text, string expected)
    {
        Assert.False(ParameterList.TryParse(text, out _, out string error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("a b", "a|b")]
    [InlineData("a[x=1]\nb[y=2]", "a[x=1]|b[y=2]")]
    [InlineData("a[x=\n1,\ny=2]\nb", "a[x=\n1,\ny=2]|b")]
    [InlineData("a[foo bar] b", "a[foo|bar]|b")]
    [InlineData("a, b", "a,|b")]
    [InlineData("a[x=\"1\n2\"]\n\nb", "a[x=\"1\n2\"]|b")]
    [InlineData("a [x=1] b", "a [x=1]|b")]
    [InlineData("a[p=1] [q=2] b", "a[p=1] [q=2]|b")]
    [InlineData("a[x=1]b c", "a[x=1]b|c")]
    [InlineData("a[x=\"u] v\"] w", "a[x=\"u] v\"]|w")]
    [InlineData("a[x=u v] w", "a[x=u v]|w")]
    [InlineData("a[x=\"1\" , y=2] b", "a[x=\"1\" , y=2]|b")]
    [InlineData("[a] b", "[a]|b")]
    [InlineData("a[x=1] [b]", "a[x=1]|[b]")]
    [InlineData("a[b c=1] d", "a[b|c=1]|d")]
    [InlineData("a\n[x=1]", "a\n[x=1]")]
    [InlineData(" \n", "")]
    public void Splits_at_white_space_outside_of_brackets(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', ParameterList.Split(text)));

    [Fact]
    public void Long_lists_are_split_in_linear_time() =>
        Assert.Single(ParameterList.Split("a[" + string.Concat(Enumerable.Repeat("x=\"1\",", 20_000)) + "]"));
}
