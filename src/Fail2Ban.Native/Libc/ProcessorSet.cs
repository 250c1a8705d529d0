using System.Numerics;
using System.Runtime.InteropServices;

namespace Fail2Ban.Native.Libc;

/// <summary>Processors on which a thread may run; see sched_setaffinity(2). Immutable.</summary>
public sealed partial class ProcessorSet
{
    private const int BitsOfWord = 64;
    private const int Words = 16; // 1,024 processors, as many as cpu_set_t has

    private readonly ulong[] _words;

    private ProcessorSet(ulong[] words) => _words = words;

    /// <summary>Those on which the calling thread may run; null where that cannot be known: there are more than 1,024.</summary>
    public static unsafe ProcessorSet? OfThisThread
    {
        get
        {
            ulong[] words = new ulong[Words];
            fixed (ulong* mask = words)
                return sched_getaffinity(0, Words * sizeof(ulong), mask) == 0 ? new ProcessorSet(words) : null;
        }
    }

    /// <summary>The one on which the calling thread runs; -1 where that cannot be known.</summary>
    public static int Current => sched_getcpu();

    /// <summary>How many there are.</summary>
    public int Count => _words.Sum(BitOperations.PopCount);

    /// <summary>Whether a processor is among them.</summary>
    /// <param name="processor">Its number.</param>
    public bool Has(int processor) => processor is >= 0 and < Words * BitsOfWord && (_words[processor / BitsOfWord] & (1UL << (processor % BitsOfWord))) != 0;

    /// <summary>Divides them in two halves, neighbours with neighbours.</summary>
    /// <param name="processor">One of them.</param>
    /// <returns>The half with that one, and the other; null where there are no two of them, or that one is none of them.</returns>
    public (ProcessorSet With, ProcessorSet Without)? Halve(int processor)
    {
        int half = Count / 2;
        if (half == 0 || !Has(processor)) return null;
        int seen = 0;
        ulong[] first = new ulong[Words], second = new ulong[Words];
        for (int each = 0; each < Words * BitsOfWord; each++)
        {
            if (!Has(each)) continue;
            (seen++ < half ? first : second)[each / BitsOfWord] |= 1UL << (each % BitsOfWord);
        }

        var (low, high) = (new ProcessorSet(first), new ProcessorSet(second));
        return low.Has(processor) ? (low, high) : (high, low);
    }

    /// <summary>Has the calling thread run on these only; whether that holds for threads that it starts is the runtime's choice.</summary>
    /// <returns>Whether the kernel has let it.</returns>
    public unsafe bool Take()
    {
        fixed (ulong* mask = _words) return sched_setaffinity(0, Words * sizeof(ulong), mask) == 0;
    }

    [LibraryImport("libc")]
    private static unsafe partial int sched_getaffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc")]
    private static unsafe partial int sched_setaffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_getcpu();
}
