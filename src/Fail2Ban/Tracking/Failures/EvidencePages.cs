using System.Buffers.Binary;

namespace Fail2Ban.Tracking.Failures;

/// <summary>Many small blocks of bytes in a few large arrays.</summary>
/// <remarks>
/// A million arrays of a hundred bytes cost the collector twice their size; pages cost what is in them. A page whose
/// blocks are all freed is given back; where survivors keep too many pages alive, <see cref="IsWasteful"/> says so and
/// the owner moves its blocks into new pages. Not thread-safe.
/// </remarks>
internal sealed class EvidencePages
{
    private const int SmallestPage = 1024;
    private const int LargestPage = 128 * 1024;
    private const int Header = 4; // the length of a block, in front of it

    private readonly List<byte[]?> _pages = [];
    private readonly List<int> _live = []; // bytes in use of each page
    private readonly Queue<int> _freeNumbers = [];
    private int _current = -1;
    private int _end; // of what is used of the current page
    private long _allocated;
    private long _used;
    private long _freed;

    /// <summary>Whether less than two thirds of the memory are in use because of blocks that were freed.</summary>
    /// <remarks>
    /// Moving all blocks then costs two bytes copied for each that was freed, however many there are. Blocks that fill their
    /// pages badly are no reason: they would do so again.
    /// </remarks>
    public bool IsWasteful => Exceeds(_allocated - _used) && Exceeds(_freed);

    /// <summary>Copies a block in.</summary>
    /// <returns>Its handle, which holds until it is freed.</returns>
    public long Put(ReadOnlySpan<byte> block)
    {
        int size = block.Length + Header;
        if (_current < 0 || _pages[_current]!.Length - _end < size) StartPage(size);
        byte[] page = _pages[_current]!;
        BinaryPrimitives.WriteInt32LittleEndian(page.AsSpan(_end), block.Length);
        block.CopyTo(page.AsSpan(_end + Header));
        long handle = ((long)_current << 32) | (uint)_end;
        _end += size;
        _live[_current] += size;
        _used += size;
        return handle;
    }

    /// <summary>The bytes of a block; to be read before the next <see cref="Put"/>.</summary>
    public ReadOnlySpan<byte> Get(long handle)
    {
        ReadOnlySpan<byte> place = _pages[(int)(handle >> 32)].AsSpan((int)handle);
        return place.Slice(Header, BinaryPrimitives.ReadInt32LittleEndian(place));
    }

    /// <summary>Gives a block back.</summary>
    public void Free(long handle)
    {
        int number = (int)(handle >> 32);
        int size = Get(handle).Length + Header;
        _used -= size;
        _freed += size;
        _live[number] -= size;
        if (_live[number] == 0 && number != _current) Release(number);
    }

    private bool Exceeds(long bytes) => bytes > (_used / 2) + (2 * LargestPage);

    private void StartPage(int size)
    {
        if (_current >= 0 && _live[_current] == 0) Release(_current);

        // Small jails stay small: pages grow with what is in use.
        long wanted = Math.Clamp(_used, SmallestPage, LargestPage);
        byte[] page = new byte[Math.Max(size, (int)wanted)];
        _allocated += page.Length;
        _end = 0;
        if (_freeNumbers.TryDequeue(out _current))
        {
            _pages[_current] = page;
            return;
        }

        _current = _pages.Count;
        _pages.Add(page);
        _live.Add(0);
    }

    private void Release(int number)
    {
        _allocated -= _pages[number]!.Length;
        _pages[number] = null;
        _freeNumbers.Enqueue(number);
    }
}
