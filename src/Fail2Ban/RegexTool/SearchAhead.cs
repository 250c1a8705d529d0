using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Native.Libc;

namespace Fail2Ban.RegexTool;

/// <summary>
/// Reads and searches a log on a thread of its own, while the caller's thread concludes from what was found, and searches
/// lines where it would wait otherwise.
/// </summary>
internal static class SearchAhead
{
    // Searched and not yet concluded from: memory stays bounded whoever is slower.
    private const int MostAhead = 3;

    /// <summary>Runs until the log has ended; what reading throws is thrown after all before it was concluded from.</summary>
    /// <param name="read">Reads the log and calls its argument with lines as they arrive.</param>
    /// <param name="test">Searches and concludes.</param>
    public static void Run(Action<LinesHandler> read, LineTest test)
    {
        using var searched = new BlockingCollection<FoundLines>(MostAhead);
        using var over = new CancellationTokenSource();
        var unused = new ConcurrentQueue<FoundLines>();
        ExceptionDispatchInfo? fault = null;

        // Two threads that wake each other are put on one processor by the kernel, again and again, for many milliseconds.
        ProcessorSet? all = ProcessorSet.OfThisThread;
        (ProcessorSet Own, ProcessorSet Other)? halves = all?.Halve(ProcessorSet.Current);
        var searcher = new Thread(() =>
        {
            try
            {
                halves?.Other.Take();
                read((buffer, length) =>
                {
                    if (!unused.TryDequeue(out FoundLines? found)) found = new FoundLines();

                    // Who is about to wait for work takes a part of the search over.
                    found.Clear(buffer);
                    test.Search(found, length, () => searched.Count == 0);
                    searched.Add(found, over.Token);
                });
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // The other thread has failed; nobody wants more.
            }
            catch (Exception e)
            {
                fault = ExceptionDispatchInfo.Capture(e);
            }

            searched.CompleteAdding();
        });
        searcher.Start();
        try
        {
            halves?.Own.Take();
            test.Prepare();
            foreach (FoundLines found in searched.GetConsumingEnumerable())
            {
                test.Conclude(found);
                unused.Enqueue(found);
            }
        }
        finally
        {
            over.Cancel();
            searcher.Join();
            all?.Take();
        }

        fault?.Throw();
    }
}
