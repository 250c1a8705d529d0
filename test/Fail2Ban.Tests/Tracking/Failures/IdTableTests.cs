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
}
