using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Matching;

/// <summary>The regexes of a filter, and what is remembered of lines that they were tried on.</summary>
/// <remarks>Not thread-safe: each regex holds the spans of its last match.</remarks>
internal sealed class RegexSet : IDisposable
{
    private readonly int[] _places = new int[2 * (int)(FieldSlot.Users + 1)];
    private byte[] _content = new byte[512];
    private KnownLines? _known;
    private bool _isKnowable = true;

    /// <summary>The prefregex, or null.</summary>
    public CompiledRegex? PrefRegex { get; set; }

    /// <summary>The failregexes, in the order in which they are tried.</summary>
    public List<CompiledRegex> FailRegexes { get; } = [];

    /// <summary>The ignoreregexes.</summary>
    public List<CompiledRegex> IgnoreRegexes { get; } = [];

    /// <summary>The groups of the prefregex's last match; none where there is no prefregex.</summary>
    public GroupSpans Prefix => PrefRegex is null ? default : PrefRegex.Pattern.Groups;

    /// <summary>Whether only verdicts are wanted, and it is texts of groups alone that they depend on.</summary>
    public bool CountsPlainly { get; private set; }

    /// <summary>What they made of lines before; null where that cannot be remembered.</summary>
    /// <param name="mostBytes">How much memory lines get at most, where nothing is remembered yet.</param>
    public KnownLines? Known(int mostBytes)
    {
        if (_known is null && _isKnowable) _isKnowable = (_known = KnownLines.Of(this, mostBytes)) is not null;
        return _known;
    }

    /// <summary>For tests: of how many lines that was known.</summary>
    internal long LinesRepeated => _known?.Repeated ?? 0;

    /// <summary>Takes notice of the regexes, and of how the filter is set.</summary>
    /// <param name="countsOnly">Whether only verdicts are wanted.</param>
    public void Prepare(bool countsOnly) =>
        CountsPlainly = countsOnly && PrefRegex is not { CountsPlainly: false } && FailRegexes.TrueForAll(regex => regex.CountsPlainly);

    /// <summary>Forgets what is known of lines: a regex has come or gone, or something else is wanted.</summary>
    public void Forget()
    {
        (_known, _isKnowable) = (null, true);
        CountsPlainly = false;
    }

    /// <summary>Where in a line the texts stand on which verdicts depend, by <see cref="FieldSlot"/>; valid until the next call.</summary>
    /// <param name="failRegex">The failregex that was matched last.</param>
    /// <param name="subject">What it was tried on.</param>
    public GroupSpans Places(CompiledRegex failRegex, in FailRegexSubject subject)
    {
        _places.AsSpan().Fill(-1);
        PrefRegex?.PutPlaces(_places, subject.Prefix, 0);

        // What got a line end of its own does not stand in the line, and is counted on behind it.
        if (!subject.Whole.Overlaps(subject.Text, out int offset)) offset = subject.Whole.Length;
        failRegex.PutPlaces(_places, failRegex.Pattern.Groups, offset);
        return new GroupSpans((ReadOnlySpan<int>)_places);
    }

    /// <summary>What the last call of <see cref="Places"/> has returned.</summary>
    public GroupSpans LastPlaces => new((ReadOnlySpan<int>)_places);

    /// <summary>The same regexes for another thread.</summary>
    public RegexSet Again()
    {
        var set = new RegexSet { PrefRegex = PrefRegex?.Again(), CountsPlainly = CountsPlainly };
        set.FailRegexes.AddRange(FailRegexes.Select(regex => regex.Again()));
        set.IgnoreRegexes.AddRange(IgnoreRegexes.Select(regex => regex.Again()));
        return set;
    }

    /// <summary>Takes the regexes of another set, which has none afterwards.</summary>
    public void TakeOver(RegexSet other)
    {
        Dispose();
        FailRegexes.AddRange(other.FailRegexes);
        IgnoreRegexes.AddRange(other.IgnoreRegexes);
        PrefRegex = other.PrefRegex;
        other.FailRegexes.Clear();
        other.IgnoreRegexes.Clear();
        other.PrefRegex = null;
    }

    /// <summary>A text with a line end behind, where it has none in what it is a part of; valid until the next one.</summary>
    public ReadOnlySpan<byte> Terminate(ReadOnlySpan<byte> text)
    {
        int length = text.Length + 1;
        if (_content.Length < length) _content = new byte[2 * length];
        text.CopyTo(_content);
        _content[length - 1] = (byte)'\n';
        return _content.AsSpan(0, length);
    }

    /// <summary>Takes all regexes out.</summary>
    public void Dispose()
    {
        foreach (CompiledRegex regex in (IEnumerable<CompiledRegex>)[.. FailRegexes, .. IgnoreRegexes]) regex.Dispose();
        PrefRegex?.Dispose();
        FailRegexes.Clear();
        IgnoreRegexes.Clear();
        PrefRegex = null;
        Forget();
    }
}
