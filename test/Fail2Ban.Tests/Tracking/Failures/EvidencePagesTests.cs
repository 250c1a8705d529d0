using CsCheck;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.Tests.Tracking.Failures;

public sealed class EvidencePagesTests
{
    [Fact]
    public void Blocks_stay_as_they_were_put() => Gen.Select(Gen.Int[0, 20], Gen.Byte.Array[0, 300]).Array[0, 600].Sample(steps =>
    {
        var pages = new EvidencePages();
        var model = new Dictionary<int, (long Handle, byte[] Block)>();
        foreach ((int key, byte[] block) in steps)
        {
            if (model.Remove(key, out (long Handle, byte[] Block) old)) pages.Free(old.Handle);
            if (block.Length % 3 > 0) model[key] = (pages.Put(block), block);
            foreach ((long handle, byte[] expected) in model.Values) Assert.True(pages.Get(handle).SequenceEqual(expected));
        }
    }, iter: 30);

    [Fact]
    public void Survivors_that_hold_pages_are_noticed()
    {
        var pages = new EvidencePages();
        byte[] block = new byte[1000];
        var handles = Enumerable.Range(0, 10_000).Select(_ => pages.Put(block)).ToList();
        Assert.False(pages.IsWasteful);
        for (int i = 0; i < handles.Count; i++)
            if (i % 10 != 0) pages.Free(handles[i]);
        Assert.True(pages.IsWasteful);
        for (int i = 0; i < handles.Count; i += 10) pages.Free(handles[i]);
        Assert.False(pages.IsWasteful);
    }

    [Fact]
    public void Blocks_that_fill_their_pages_badly_are_no_reason_to_move_them()
    {
        var pages = new EvidencePages();
        byte[] block = new byte[66_000]; // one a page of 128 KiB
        for (int i = 0; i < 100; i++) pages.Put(block);
        Assert.False(pages.IsWasteful);
    }

    [Fact]
    public void Large_block_gets_its_page()
    {
        var pages = new EvidencePages();
        byte[] large = [.. Enumerable.Range(0, 500_000).Select(i => (byte)i)];
        long before = pages.Put([1]), handle = pages.Put(large), after = pages.Put([2]);
        Assert.True(pages.Get(handle).SequenceEqual(large));
        Assert.Equal((1, 2), (pages.Get(before)[0], pages.Get(after)[0]));
    }
}
