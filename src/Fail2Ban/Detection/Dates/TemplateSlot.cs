using Fail2Ban.Logging;
using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Dates;

/// <summary>One template in the list of a detector, with what the detector has learnt about it.</summary>
internal sealed class TemplateSlot(TemplateDefinition definition, Log log) : IDisposable
{
    private Pattern? _pattern;
    private bool _unusable;
    private bool _gaveUp;
    private int _cut;

    public TemplateDefinition Definition => definition;

    public bool Anchored => definition.Expression.Anchored;

    /// <summary>Lines that it gave the date of.</summary>
    public long Hits { get; set; }

    /// <summary>Where its last match began, in characters.</summary>
    public int Distance { get; set; } = int.MaxValue;

    /// <summary>When it was last right.</summary>
    public DateTimeOffset LastUsed { get; set; }

    public double Weight => Hits * definition.BaseWeight / Math.Max(1, Distance);

    /// <summary>The groups to read a date from; only after a match.</summary>
    public FieldGroup[] Fields { get; private set; } = [];

    /// <summary>The group that an epoch number stands in.</summary>
    public int NumberGroup { get; private set; } = 1;

    /// <summary>The groups of minutes, seconds and their fractions; -1 where there is none.</summary>
    public int MinuteGroup { get; private set; } = -1;

    public int SecondGroup { get; private set; } = -1;

    public int FractionGroup { get; private set; } = -1;

    /// <exception cref="PatternException">The pattern is no regex.</exception>
    public void Compile()
    {
        _pattern = Pattern.Compile(definition.Expression.Regex);
        _cut = _pattern.GroupCount >= 1 ? 1 : 0;
        Fields = FieldGroup.Of(_pattern);
        NumberGroup = _pattern.GroupNumber(TemplateDefinition.NumberGroup) is > 0 and int number ? number : 1;
        MinuteGroup = _pattern.GroupNumber("M");
        SecondGroup = _pattern.GroupNumber("S");
        FractionGroup = _pattern.GroupNumber("f");
    }

    /// <summary>Searches; templates are compiled when they are first needed, since most jails need one or two.</summary>
    /// <param name="line">Its end is the end for the template.</param>
    /// <param name="start">In bytes.</param>
    public bool Search(ReadOnlySpan<byte> line, int start)
    {
        if (_pattern is null && !TryCompile()) return false;
        MatchOutcome outcome = _pattern!.Match(line, start);
        if (outcome == MatchOutcome.LimitExceeded && !_gaveUp)
        {
            _gaveUp = true;
            log.GaveUp(definition.Name, line.Length);
        }

        return outcome == MatchOutcome.Match && Cut.Start >= 0;
    }

    /// <summary>What is cut from the line after a match, in bytes.</summary>
    public (int Start, int End) Cut => _pattern!.Group(_cut);

    /// <summary>The whole match, in bytes.</summary>
    public (int Start, int End) Span => _pattern!.Group(0);

    /// <summary>The span of a group after a match, in bytes; (-1, -1) where it took no part.</summary>
    public (int Start, int End) Group(int number) => number < 0 ? (-1, -1) : _pattern!.Group(number);

    /// <summary>Whether all that the date was made of stands in a part of the line; a pattern may cut less than it reads.</summary>
    public bool FieldsAreWithin(int start, int end)
    {
        foreach (FieldGroup group in Fields)
        {
            (int first, int last) = _pattern!.Group(group.Number);
            if (first >= 0 && (first < start || last > end)) return false;
        }

        return true;
    }

    public void Dispose() => _pattern?.Dispose();

    // A pattern with {DATE} makes seventeen templates, and only with some of them it may be no regex (a name twice).
    private bool TryCompile()
    {
        if (_unusable) return false;
        try
        {
            Compile();
            return true;
        }
        catch (PatternException problem)
        {
            log.UnusableTemplate(definition.Name, definition.Expression.Regex, problem.Message);
            _unusable = true;
            return false;
        }
    }
}
