using System.Text;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.Tests.Detection.Matching;

/// <summary>Fields are used again for other lines; nothing of the line before may be left in them.</summary>
public sealed class FieldsTests
{
    [Fact]
    public void Reset_leaves_nothing_of_the_line_before()
    {
        Fields fields = Filled("first", "192.0.2.1");
        fields.AddUserOf(fields);
        fields.SetKey("key"u8);
        fields.IsPending = true;
        fields.Matches = [new MatchedLine("", "", "x")];
        fields.NoFailMatches.Add(new MatchedLine("", "", "y"));
        fields.Reset();
        Assert.Equal(0, fields.Count);
        Assert.Equal(0, fields.UserCount);
        Assert.False(fields.Has(FieldSlot.Ip4) || fields.IsSet(FieldSlot.User) || fields.IsPending || fields.HasNoFailMatches || fields.IsSet("user"));
        Assert.Empty(fields.Matches);
        Assert.Empty(fields.ToData().Fields);
        Assert.Null(fields["user"]);
    }

    [Fact]
    public void Texts_of_a_later_line_are_its_own()
    {
        Fields fields = Filled("a longer name than the next", "192.0.2.1");
        Assert.Equal("a longer name than the next", fields["user"]); // read once, so that a string was made of it
        fields.Reset();
        Fill(fields, "bob", "2001:db8::1");
        Assert.Equal("bob", fields["user"]);
        Assert.Equal("2001:db8::1", fields[FieldSlot.Ip4]);
    }

    [Fact]
    public void Replaced_text_is_read_anew()
    {
        Fields fields = Filled("bob", "192.0.2.1");
        Assert.Equal("bob", fields["user"]);
        fields.SetText("user", FieldSlot.User, "somebody with a longer name"u8);
        Assert.Equal("somebody with a longer name", fields["user"]);
        fields.SetText("user", FieldSlot.User, "al"u8);
        Assert.Equal("al", fields["user"]);
        Assert.Equal("192.0.2.1", fields["ip4"]);
    }

    [Fact]
    public void Data_that_was_given_out_does_not_change_with_the_fields()
    {
        Fields fields = Filled("bob", "192.0.2.1");
        FailureData data = fields.ToData();
        fields.Reset();
        Fill(fields, "eve", "192.0.2.2");
        Assert.Equal("bob", data["user"]);
        Assert.Equal("192.0.2.1", data["ip4"]);
    }

    [Fact]
    public void A_field_that_is_taken_out_leaves_the_others_in_their_places()
    {
        Fields fields = Filled("bob", "192.0.2.1");
        Assert.True(fields.Take(FieldSlot.User));
        Assert.False(fields.Take(FieldSlot.User));
        Assert.Equal("192.0.2.1", fields[FieldSlot.Ip4]);
        fields.SetText("user", FieldSlot.User, "eve"u8);
        Assert.Equal(["ip4", "user"], fields.ToData().Fields.Select(field => field.Key));
    }

    [Fact]
    public void A_user_who_is_known_costs_no_allocation()
    {
        Fields known = Filled("bob", "192.0.2.1"), line = Filled("bob", "192.0.2.1");
        known.AddUserOf(known);
        known.AddUserOf(line);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) known.AddUserOf(line);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Users_of_several_lines_are_kept_once_each()
    {
        Fields known = Filled("bob", "192.0.2.1");
        known.AddUserOf(known);
        foreach (string name in new[] { "eve", "bob", "eve" })
        {
            Fields line = Filled(name, "192.0.2.1");
            known.AddUserOf(line);
            line.Reset(); // the line's memory is used for others
            Fill(line, "xxxxxxxx", "192.0.2.9");
        }

        Assert.Equal(2, known.UserCount);
        Assert.Equal("{'bob', 'eve'}", PythonText.Repr(known["users"]));
    }

    [Fact]
    public void A_flag_that_comes_and_goes_takes_no_more_room_each_time()
    {
        Fields known = Filled("bob", "192.0.2.1");
        known.AddUserOf(known);
        for (int i = 0; i < 10_000; i++)
        {
            known.SetText("nofail", FieldSlot.NoFail, "Connection from"u8);
            known.SetText("user", FieldSlot.User, Encoding.UTF8.GetBytes($"user{i}"));
            if (i == 5_000) known.AddUserOf(known);
            known.SetText("mlfgained", FieldSlot.MlfGained, Encoding.UTF8.GetBytes(new string('x', i % 40)));
            known.Copy("user", "copy");
            Assert.True(known.Take(FieldSlot.NoFail));
            Assert.Equal(i % 40 > 0, known.Take(FieldSlot.MlfGained));
        }

        Assert.InRange(known.TextRoom, 0, 1024);
        Assert.Equal("user9999", known["user"]);
        Assert.Equal("user9999", known["copy"]);
        Assert.Equal("192.0.2.1", known["ip4"]);
        Assert.Equal("{'bob', 'user5000'}", PythonText.Repr(known["users"]));
    }

    private static Fields Filled(string user, string address)
    {
        var fields = new Fields();
        Fill(fields, user, address);
        return fields;
    }

    private static void Fill(Fields fields, string user, string address)
    {
        fields.AddText("user", FieldSlot.User, Encoding.UTF8.GetBytes(user));
        fields.AddText("ip4", FieldSlot.Ip4, Encoding.UTF8.GetBytes(address));
    }
}
