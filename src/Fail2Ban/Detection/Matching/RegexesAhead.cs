namespace Fail2Ban.Detection.Matching;

/// <summary>Compiles regexes on another processor, from the last one on, while they are taken into use from the first one on.</summary>
/// <remarks>
/// Only what is shared by all patterns of the same text is made; whoever comes to a regex first makes it. What is wrong is
/// found, and told, by whoever takes the regex into use. Thread safety: none.
/// </remarks>
internal sealed class RegexesAhead : IDisposable
{
    private readonly Thread? _thread;
    private volatile bool _isOver;

    /// <summary>Begins, where there is a second processor.</summary>
    /// <param name="regexes">In the order in which they are taken into use, with what they are compiled with.</param>
    public RegexesAhead(IReadOnlyList<(string Text, UseDns UseDns, bool MultiLine)> regexes)
    {
        Regexes = regexes;
        if (regexes.Count < 2 || Environment.ProcessorCount == 1) return;
        _thread = new Thread(Compile) { IsBackground = true, Name = "regexes ahead" };
        _thread.Start();
    }

    /// <summary>What it compiles.</summary>
    public IReadOnlyList<(string Text, UseDns UseDns, bool MultiLine)> Regexes { get; }

    /// <summary>For tests: waits until all are compiled.</summary>
    internal void Wait() => _thread?.Join();

    /// <summary>Ends with the regex that it is at.</summary>
    public void Dispose() => _isOver = true;

    private void Compile()
    {
        // The shared part lives as long as somebody holds it.
        var made = new List<CompiledRegex>();
        for (int i = Regexes.Count - 1; i >= 0 && !_isOver; i--)
        {
            try
            {
                (string text, UseDns useDns, bool isMultiLine) = Regexes[i];
                made.Add(CompiledRegex.Compile(text, useDns, isMultiLine));
            }
            catch (FilterException)
            {
                // Told when it is taken into use.
            }
        }

        made.ForEach(static regex => regex.Dispose());
    }
}
