using CsCheck;
using Fail2Ban.Addresses;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Tracking.Failures;

public sealed class IdTableTests
{
    [Fact]
    public void Behaves_as_a_dictionary() => Gen.Select(Gen.Int[0, 60], Gen.Bool).Array[0, 3000].Sample(steps =>
    {
        var table = new IdTable<int>();
        var model = new Dictionary<FailureId, int>();
        int step = 0;
        foreach ((int number, bool add) in steps)
        {
            FailureId id = number % 2 == 0 ? FailureId.OfText($"u{number}") : FailureId.Parse($"192.0.2.{number}");
            int index = table.Find(id);
            Assert.Equal(model.ContainsKey(id), index >= 0);
            if (add)
            {
                if (index < 0) index = table.Add(id);
                table.ValueAt(index) = model[id] = ++step;
            }
            else if (index >= 0)
            {
                Assert.Equal(model[id], table.ValueAt(index));
                table.RemoveAt(index);
                model.Remove(id);
            }

            Assert.Equal(model.Count, table.Count);
        }

        var left = Enumerable.Range(0, table.End).Where(table.IsUsed).ToDictionary(table.IdAt, index => table.ValueAt(index));
        Assert.Equal(model.OrderBy(pair => pair.Value), left.OrderBy(pair => pair.Value));
    }, iter: 50);

    [Fact]
    public void Grows_over_many_chunks_and_uses_freed_slots_again()
    {
        const int Count = 20_000;
        var table = new IdTable<int>();
        for (int i = 0; i < Count; i++) table.ValueAt(table.Add(FailureId.OfText($"u{i}"))) = i;
        for (int i = 0; i < Count; i += 2) table.RemoveAt(table.Find(FailureId.OfText($"u{i}")));
        for (int i = 0; i < Count; i += 2) table.ValueAt(table.Add(FailureId.OfText($"v{i}"))) = -i;
        Assert.Equal((Count, Count), (table.Count, table.End));
        for (int i = 0; i < Count; i++) Assert.Equal(i % 2 == 0 ? -i : i, table.ValueAt(table.Find(FailureId.OfText($"{(i % 2 == 0 ? 'v' : 'u')}{i}"))));
        for (int i = 0; i < Count; i++) table.RemoveAt(table.Find(FailureId.OfText($"{(i % 2 == 0 ? 'v' : 'u')}{i}")));
        Assert.Equal((0, 0), (table.Count, table.End));
    }
}
