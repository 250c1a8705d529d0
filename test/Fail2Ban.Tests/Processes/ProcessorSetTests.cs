using Fail2Ban.Native.Libc;

namespace Fail2Ban.Tests.Processes;

public sealed class ProcessorSetTests
{
    private const int Most = 1024;

    [Fact]
    public void The_processors_of_a_thread_are_divided_without_a_rest_until_there_is_one() => OnThreadOfItsOwn(static () =>
    {
        ProcessorSet set = ProcessorSet.OfThisThread!;
        Assert.InRange(set.Count, Environment.ProcessorCount, Most); // a control group may grant fewer
        Assert.True(set.Has(ProcessorSet.Current));
        while (set.Count > 1)
        {
            int processor = Enumerable.Range(0, Most).Last(set.Has);
            (ProcessorSet with, ProcessorSet without) = set.Halve(processor)!.Value;
            Assert.True(with.Has(processor));
            Assert.InRange(with.Count - without.Count, -1, 1);
            Assert.All(Enumerable.Range(0, Most), each => Assert.Equal(set.Has(each), with.Has(each) != without.Has(each)));
            set = with;
        }

        Assert.Null(set.Halve(Enumerable.Range(0, Most).Single(set.Has)));
        Assert.False(set.Has(-1) || set.Has(Most));
    });

    [Fact]
    public void What_a_thread_has_taken_holds_until_it_takes_others() => OnThreadOfItsOwn(static () =>
    {
        ProcessorSet all = ProcessorSet.OfThisThread!;
        if (all.Halve(ProcessorSet.Current) is not var (own, other)) return; // one processor
        Assert.True(other.Take());
        Assert.True(other.Has(ProcessorSet.Current));
        Assert.False(own.Has(ProcessorSet.Current));
        Assert.Equal(other.Count, ProcessorSet.OfThisThread!.Count);
        Assert.True(all.Take());
        Assert.Equal(all.Count, ProcessorSet.OfThisThread!.Count);
    });

    private static void OnThreadOfItsOwn(Action action)
    {
        Exception? fault = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Start();
        thread.Join();
        if (fault is not null) throw new InvalidOperationException(fault.Message, fault);
    }
}
