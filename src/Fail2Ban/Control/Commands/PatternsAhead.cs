using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Compiles the regexes of a stream on another processor, from the last one on, while its commands are done from the first one on.</summary>
/// <remarks>
/// Only what is shared by all patterns of the same text is made; whoever comes to a regex first makes it. What is wrong is
/// found, and told, by its command.
/// </remarks>
internal sealed class PatternsAhead : IDisposable
{
    private readonly List<(string Text, UseDns UseDns, bool MultiLine)> _regexes = [];

    // The shared part lives as long as somebody holds it.
    private readonly List<CompiledRegex> _made = [];
    private Task _work = Task.CompletedTask;
    private volatile bool _isOver;

    private PatternsAhead()
    {
    }

    /// <summary>Begins, where there is a second processor.</summary>
    /// <param name="stream">The commands.</param>
    public static PatternsAhead Of(IReadOnlyList<object?> stream)
    {
        var ahead = new PatternsAhead();
        if (Environment.ProcessorCount == 1) return ahead;
        ahead.Collect(stream);
        if (ahead._regexes.Count > 0) ahead._work = Task.Run(ahead.Compile);
        return ahead;
    }

    /// <summary>Ends with the regex that it is at.</summary>
    public void Dispose()
    {
        _isOver = true;
        _work.ContinueWith(_ => _made.ForEach(static regex => regex.Dispose()), TaskScheduler.Default);
    }

    private void Collect(IReadOnlyList<object?> stream)
    {
        string? owner = null;
        UseDns useDns = UseDns.Warn;
        bool isMultiLine = false;
        foreach (object? command in stream)
        {
            if (command is not IReadOnlyList<object?> { Count: > 3 } words || words is not ["set" or "multi-set", string jail, string option, ..]) continue;
            if (jail != owner) (owner, useDns, isMultiLine) = (jail, UseDns.Warn, false);
            switch (option)
            {
                case "usedns": useDns = UseDnsText.Parse(PythonText.Str(words[3])); break;
                case "maxlines": isMultiLine = PythonText.Str(words[3]) != "1"; break;
                case "prefregex" or "addignoreregex": Add(words[3], isMultiLine: false); break;
                case "addfailregex": Add(words[3], isMultiLine); break;
            }
        }

        void Add(object? value, bool isMultiLine)
        {
            if (value is string text) _regexes.Add((text, useDns, isMultiLine));
            else if (value is IReadOnlyList<object?> several) _regexes.AddRange(several.OfType<string>().Select(one => (one, useDns, isMultiLine)));
        }
    }

    private void Compile()
    {
        for (int i = _regexes.Count - 1; i >= 0 && !_isOver; i--)
        {
            try
            {
                (string text, UseDns useDns, bool isMultiLine) = _regexes[i];
                _made.Add(CompiledRegex.Compile(text, useDns, isMultiLine));
            }
            catch (FilterException)
            {
                // Its command says so.
            }
        }
    }
}
