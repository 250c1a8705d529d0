using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>Compiles regexes on another processor, from the last one on, while they are taken into use from the first one on.</summary>
/// <remarks>
/// Only what is shared by all patterns of the same text is made; whoever comes to a regex first makes it. What is wrong is
/// found, and told, by whoever takes the regex into use. Thread safety: none.
/// </remarks>
internal sealed class RegexesAhead : IDisposable
{
    private readonly Thread? _thread;

    // The shared part lives as long as somebody holds it. Not searched, they hold nothing that is to be given back.
    private readonly List<CompiledRegex> _made = [];
    private volatile bool _isOver;

    /// <summary>Begins, where there is a second processor.</summary>
    /// <param name="regexes">In the order in which they are taken into use, with what they are compiled with.</param>
    public RegexesAhead(IReadOnlyList<(string Text, UseDns UseDns, bool MultiLine)> regexes)
    {
        Regexes = regexes;
        if (regexes.Count >= 2) _thread = Start(Compile);
    }

    /// <summary>What it compiles.</summary>
    public IReadOnlyList<(string Text, UseDns UseDns, bool MultiLine)> Regexes { get; }

    /// <summary>For tests: waits until all are compiled.</summary>
    internal void Wait() => _thread?.Join();

    /// <summary>Has the library of patterns loaded on another processor, for whoever reads configuration first.</summary>
    public static void LoadLibrary() => Start(static () =>
    {
        try
        {
            Pattern.Compile("").Dispose();
        }
        catch (Exception)
        {
            // It is missing, most likely: told where a regex is compiled; here nobody would catch it.
        }
    });

    /// <summary>Ends with the regex that it is at.</summary>
    public void Dispose() => _isOver = true;

    // Null where there is no second processor, or no room for a thread: it goes without.
    private static Thread? Start(ThreadStart work)
    {
        if (Environment.ProcessorCount == 1) return null;
        var thread = new Thread(work) { IsBackground = true, Name = "regexes ahead" };
        try
        {
            thread.Start();
            return thread;
        }
        catch (Exception e) when (e is ThreadStartException or OutOfMemoryException)
        {
            return null;
        }
    }

    private void Compile()
    {
        for (int i = Regexes.Count - 1; i >= 0 && !_isOver; i--)
        {
            try
            {
                (string text, UseDns useDns, bool isMultiLine) = Regexes[i];
                _made.Add(CompiledRegex.Compile(text, useDns, isMultiLine));
            }
            catch (Exception)
            {
                // Whatever it is, it is told when the regex is taken into use; here nobody would catch it.
            }
        }
    }
}
