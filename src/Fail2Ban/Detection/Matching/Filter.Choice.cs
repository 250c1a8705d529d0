using Fail2Ban.Detection.Lines;
using Fail2Ban.Patterns.Prefilter;

namespace Fail2Ban.Detection.Matching;

// Which regexes are worth running. None of it changes what is found: what is left out cannot match.
public sealed partial class Filter
{
    /// <summary>For tests: whether anything is left out at all.</summary>
    internal bool Prefilters
    {
        get;
        set
        {
            field = value;
            ForgetChoice();
        }
    }
        = true;

    // In bytes. A jail is one of many, and lives long; a log is read by itself, mostly by the thread that concludes.
    private const int FewKnownLines = 512 * 1024;
    private const int ManyKnownLines = 2 * 1024 * 1024;

    private readonly Lock _choosing = new();
    private volatile bool _hasChoice;
    private PatternSelector? _selector;

    // What must stand in a line for the prefregex, and for any failregex, to match it.
    private LiteralGate? _prefGate;
    private LiteralGate? _failGate;
    private LiteralGate? _passGate;

    // What the prefregex needs, where it is run.
    private PatternSelector? _prefSelector;

    private void ForgetChoice()
    {
        _hasChoice = false;
        _regexes.Forget();
        ForgetRegexesApart();
    }

    // Made with the first line, since regexes come one by one; of two threads that come to it the second one waits.
    private void MakeChoice()
    {
        lock (_choosing)
        {
            if (_hasChoice) return;
            _selector = new PatternSelector([.. _regexes.FailRegexes.Select(regex => regex.Pattern)]);
            _prefSelector = _regexes.PrefRegex is null ? null : new PatternSelector([_regexes.PrefRegex.Pattern]);
            _regexes.Prepare(CountsOnly && FindTime is null && MaxLines == 1);
            PassesPrefixed = FindTime is null && _regexes.PrefRegex is { Pattern.Facts.TakesEveryLine: true };
            bool isGated = MaxLines == 1 && Prefilters;
            _failGate = isGated ? LiteralGate.Of([.. _regexes.FailRegexes.Select(regex => regex.Pattern)]) : null;
            _prefGate = isGated && _regexes.PrefRegex is { } prefRegex ? LiteralGate.Of([prefRegex.Pattern]) : null;
            _passGate = ChoosePassGate();
            _hasChoice = true;
        }
    }

    /// <summary>For tests: whether it is remembered what regexes made of lines.</summary>
    internal bool Remembers { get; set; } = true;

    /// <summary>For tests: whether verdicts are found without putting fields together.</summary>
    internal bool CountsPlainly => _regexes.CountsPlainly;

    /// <summary>For tests: of how many lines that was known.</summary>
    internal long LinesRepeated => _regexes.LinesRepeated;

    // What a test tool asks besides is not remembered, and no text of several lines.
    private bool MayRemember => Remembers && MaxLines == 1 && Prefilters && !CapturePrefix;

    // The test tool wants to know of each line what ignoreregexes and prefregex say, and the date.
    private bool MaySkip => FindTime is not null && MaxLines == 1 && Prefilters;

    // What decides of many lines at once that nothing can be found in them; null where each has to be looked at.
    private LiteralGate? ChoosePassGate()
    {
        if (FindTime is not null) return _failGate ?? _prefGate;

        // The test tool counts what ignoreregexes and prefregex say, too.
        if (!CanWorkApart || HasEarlyIgnoreRegexes) return null;
        return _regexes.PrefRegex is null || PassesPrefixed ? _failGate : _prefGate;
    }

    /// <summary>Whether the lines that <see cref="PassOver"/> passes over for the test tool are such in which the prefregex occurs.</summary>
    internal bool PassesPrefixed { get; private set; }

    private bool IsExcluded(in LogLine line)
    {
        if (!MaySkip) return false;
        if (!_hasChoice) MakeChoice();
        return (_prefGate is not null || _failGate is not null) && _dating.TrySkip(line, _dates, _prefGate, _failGate);
    }

    /// <summary>Passes over lines of a file in which nothing can be found, as <see cref="Process"/> would one by one, searching many at once.</summary>
    /// <remarks>Without <see cref="FindTime"/> only where <see cref="CanWorkApart"/>: whoever wants to know more of a line has it processed.</remarks>
    /// <param name="lines">Lines, each with its <c>\n</c>.</param>
    /// <param name="start">Where the next line begins.</param>
    /// <param name="clear">Up to where nothing stands that a regex asks for: 0 at first, then as the last call has left it.</param>
    /// <param name="count">Counts up with each line that is passed over.</param>
    /// <returns>Where the next line begins that has to be processed.</returns>
    public int PassOver(ReadOnlySpan<byte> lines, int start, ref int clear, ref int count)
    {
        if (!_hasChoice) MakeChoice();
        if (_passGate is not { } gate) return start;
        if (clear <= start) clear = gate.NextCandidate(lines, start);
        return _dating.PassOver(lines, start, clear, _dates, gate, ref count);
    }

    private bool MayMatchPrefix(ReadOnlySpan<byte> text, bool isAscii)
    {
        if (!Prefilters || _regexes.PrefRegex!.Pattern.Facts.TakesEveryLine) return true;
        if (!_hasChoice) MakeChoice();
        return _prefSelector!.Next(text, isAscii, 0) == 0;
    }

    // The text may be that of several lines, and changes while they are taken out of it: all are tried then.
    private int NextFailRegex(ReadOnlySpan<byte> text, bool isAscii, int from)
    {
        if (MaxLines > 1 || !Prefilters) return from < _regexes.FailRegexes.Count ? from : -1;
        if (!_hasChoice) MakeChoice();
        return _selector!.Next(text, isAscii, from);
    }
}
