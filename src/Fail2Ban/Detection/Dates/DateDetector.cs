using System.Runtime.CompilerServices;
using Fail2Ban.Logging;
using Fail2Ban.Patterns;

namespace Fail2Ban.Detection.Dates;

/// <summary>Finds the date in the lines of one jail, and learns which of its templates the log uses.</summary>
/// <remarks>Thread safety: none; it belongs to one jail, whose lines come in order.</remarks>
public sealed class DateDetector : IDisposable
{
    private const int LongestKeptText = 128;
    private const int MostDescribed = 2;
    private const string DefaultDetectors = "Default Detectors";

    private readonly TemplateChoice _choice;
    private readonly DateReader _reader;
    private readonly TimeProvider _time;
    private readonly Log _log;

    // The text that was read last. Its reading holds for the same second only: a missing year or day depends on the clock.
    private readonly byte[] _keptText = new byte[LongestKeptText];
    private int _keptLength = -1;
    private long _keptSecond;
    private TemplateSlot? _keptSlot;
    private DateReading _kept;

    private readonly LineShape _shape = new();
    private readonly LastDateText _lastText = new();

    // Of the line that _shape has kept: what was cut, from its origin on, and the parts of its date.
    private (int Start, int End) _cut;
    private DateFields _fields;
    private bool _hasFields;

    // When the hour of _fields began, as known in one second of the present: lines alike only add to it.
    private DateTimeOffset _hour;
    private long _hourKnownAt = -1;
    private bool _isPlainHour;
    private ZoneOffset? _defaultZone;

    /// <summary>Takes the patterns of a jail.</summary>
    /// <param name="patterns">As <see cref="SplitPatterns"/> gives them; null or empty: the default templates.</param>
    /// <param name="defaultZone">The zone of dates that name none (logtimezone); null: the local zone.</param>
    /// <param name="time">Gives the current time and the local zone. The years that <c>%ExY</c> takes are those as of now.</param>
    /// <param name="log">Where unreadable dates are reported.</param>
    /// <exception cref="DatePatternException">A pattern cannot be used, or two have the same name.</exception>
    public DateDetector(IReadOnlyList<string>? patterns, ZoneOffset? defaultZone, TimeProvider time, Log log)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(log);
        IReadOnlyList<TemplateDefinition> templates = DatePatterns.Read(patterns, DefaultTemplates.For(time.GetLocalNow().Year));
        _choice = new TemplateChoice([.. templates.Select(template => new TemplateSlot(template, log))]);
        _reader = new DateReader(time);
        _defaultZone = defaultZone;
        _time = time;
        _log = log;
        CheckPatterns();
    }

    /// <summary>How <c>get JAIL datepattern</c> answers: <c>P (NAME)</c>, <c>Epoch</c>, <c>Default Detectors</c>.</summary>
    public string Description => DescribedPattern is null ? DescribedName : $"{DescribedPattern} ({DescribedName})";

    /// <summary>The first template's pattern where <c>get JAIL datepattern</c> sends one beside the name; otherwise null.</summary>
    public string? DescribedPattern => IsDescribed ? _choice.Slots[0].Definition.Pattern : null;

    /// <summary>The first template's name, or <c>Default Detectors</c>: what <c>get JAIL datepattern</c> sends.</summary>
    public string DescribedName => IsDescribed ? _choice.Slots[0].Definition.Name : DefaultDetectors;

    /// <summary>The zone of dates that name none; null: the local zone. May be set at any time.</summary>
    public ZoneOffset? DefaultZone
    {
        get => _defaultZone;
        set
        {
            _defaultZone = value;
            _keptLength = -1;
            _hourKnownAt = -1;
        }
    }

    /// <summary>The exception, as Python writes it, that the original has where <see cref="DateFault.Failed"/> was last reported.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>The templates in their current order, with their hits.</summary>
    public IReadOnlyList<DateTemplateHits> Templates =>
    [
        .. _choice.Slots.Select(slot => new DateTemplateHits(
            slot.Definition.Name, slot.Hits, slot.Weight, slot.Definition.BaseWeight, slot.Definition.Pattern, slot.Definition.Expression.Regex)),
    ];

    private bool IsDescribed => _choice.Slots.Length <= MostDescribed;

    /// <summary>Splits a datepattern option at line ends, trims the parts and drops empty ones.</summary>
    public static IReadOnlyList<string> SplitPatterns(string? option) =>
        option is null ? [] : option.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Finds the date of a line. Allocates nothing once the templates that the log needs are compiled.</summary>
    /// <param name="terminatedLine">Valid UTF-8 with one final <c>\n</c>.</param>
    public DateMatch Detect(ReadOnlySpan<byte> terminatedLine) => Detect(terminatedLine, _time.GetUtcNow());

    /// <summary>Finds the date of a line. For a reader of many lines, who asks the clock once for all of them.</summary>
    /// <param name="terminatedLine">Valid UTF-8 with one final <c>\n</c>.</param>
    /// <param name="now">The current time; it completes dates without a year or a day.</param>
    public DateMatch Detect(ReadOnlySpan<byte> terminatedLine, DateTimeOffset now)
    {
        ReadOnlySpan<byte> line = Unterminated(terminatedLine);
        if (TryFollowUnterminated(line, now, out int from, out int to, out DateTimeOffset time)) return new DateMatch(true, from, to, time, DateFault.None, _choice.LastIndex);
        int found = _choice.Find(line, now, out int start, out int end);
        if (found < 0) return DateMatch.None;
        TemplateSlot slot = _choice.Slots[found];
        _shape.Keep(line, slot);
        _cut = (start - _shape.Origin, end - _shape.Origin);
        if (start == end) return new DateMatch(true, start, end, null, DateFault.None, found);

        DateReading reading = Read(line, slot, start, end, now);
        _hasFields = slot.Definition.Kind == TemplateKind.Fields;
        if (reading.Fault == DateFault.None) return new DateMatch(true, start, end, reading.Time, DateFault.None, found);
        _shape.Forget(); // a line alike might have a date, or another fault
        if (reading.Fault == DateFault.Unreadable) _log.UnreadableDate(line[start..end]);
        FailureReason = reading.FailureReason;
        return new DateMatch(true, start, end, null, reading.Fault, found);
    }

    /// <summary>
    /// Finds the date of a line that follows the last dated one within an hour, so that only digits of known places differ:
    /// as <see cref="Detect(ReadOnlySpan{byte}, DateTimeOffset)"/> would.
    /// </summary>
    /// <param name="terminatedLine">Valid UTF-8 with one final <c>\n</c>.</param>
    /// <param name="now">The current time; it completes dates without a year or a day.</param>
    /// <param name="start">Where the text to cut begins, in bytes of the line.</param>
    /// <param name="end">Where it ends (exclusive).</param>
    /// <param name="time">The date.</param>
    /// <returns>False for every other line, of which nothing is said.</returns>
    public bool TryFollow(ReadOnlySpan<byte> terminatedLine, DateTimeOffset now, out int start, out int end, out DateTimeOffset time) =>
        TryFollowUnterminated(Unterminated(terminatedLine), now, out start, out end, out time);

    /// <summary>
    /// Where the date of a line stands, if the line is shaped as the last dated line: <see cref="Detect(ReadOnlySpan{byte})"/>
    /// would take the same template at the same place. There is text behind it then. Costs no search, and changes nothing.
    /// </summary>
    /// <param name="terminatedLine">Valid UTF-8 with one final <c>\n</c>.</param>
    /// <param name="start">Where the text to cut begins, in bytes of the line.</param>
    /// <param name="end">Where it ends (exclusive).</param>
    public bool TryPlace(ReadOnlySpan<byte> terminatedLine, out int start, out int end)
    {
        bool fits = _shape.Fits(Unterminated(terminatedLine));
        (start, end) = (_shape.Origin + _cut.Start, _shape.Origin + _cut.End);
        return fits;
    }

    /// <summary>Counts lines that <see cref="TryPlace"/> has just said yes to, and whose dates nobody needs now.</summary>
    /// <param name="lastLine">The last of them.</param>
    /// <param name="count">How many there are, at least one.</param>
    /// <param name="now">The current time.</param>
    public void Count(ReadOnlySpan<byte> lastLine, int count, DateTimeOffset now)
    {
        _shape.Take(lastLine);
        _choice.UseAgain(count, now);
    }

    /// <summary>The date of the last line that was only counted, for a later line without one.</summary>
    /// <param name="now">The current time.</param>
    /// <param name="text">Its text, valid until the next line; empty where the result is null.</param>
    /// <returns>Null where no line was counted since the last dated one that was detected, or its text is no date.</returns>
    public DateTimeOffset? ReadLastCounted(DateTimeOffset now, out ReadOnlySpan<byte> text)
    {
        text = [];
        if (!_shape.HasFollower || _choice.Last is not { } slot || !slot.Search(_shape.Follower, _shape.SearchFrom)) return null;
        DateReading reading = _reader.Read(_shape.Follower, slot, now, _defaultZone, out _);
        if (reading.Fault != DateFault.None) return null;
        text = _shape.Follower[_cut.Start.._cut.End];
        return reading.Time;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (TemplateSlot slot in _choice.Slots) slot.Dispose();
    }

    /// <summary>For tests: whether what one line taught is used for the next.</summary>
    internal bool FollowsShapes { get; init; } = true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> Unterminated(ReadOnlySpan<byte> line) => line is [.., (byte)'\n'] ? line[..^1] : line;

    private bool TryFollowUnterminated(ReadOnlySpan<byte> line, DateTimeOffset now, out int start, out int end, out DateTimeOffset time)
    {
        (start, end, time) = (0, 0, default);
        if (!_hasFields || !FollowsShapes || !_shape.Follows(line, out int minute, out int second)) return false;
        if (minute < 0) minute = _fields.Minute;
        if (second < 0) second = _fields.Second;
        if (!TryAdd(minute, second, now, out time)) return false;
        _shape.DropFollower();
        _choice.UseAgain(1, now);
        (start, end) = (_shape.Origin + _cut.Start, _shape.Origin + _cut.End);
        return true;
    }

    private bool TryAdd(int minute, int second, DateTimeOffset now, out DateTimeOffset time)
    {
        long present = now.UtcTicks / TimeSpan.TicksPerSecond;
        if (_hourKnownAt == present && _isPlainHour)
        {
            time = new DateTimeOffset(_hour.Ticks + minute * TimeSpan.TicksPerMinute + second * TimeSpan.TicksPerSecond, TimeSpan.Zero);
            return true;
        }

        DateFields fields = _fields;
        (fields.Minute, fields.Second) = (minute, second);
        ZoneOffset? zone = fields.Zone ?? _defaultZone;
        DateReading reading = _reader.Resolve(fields, now, zone);
        time = reading.Time;
        if (reading.Fault != DateFault.None) return false;
        if (_hourKnownAt == present) return true;
        _hourKnownAt = present;
        _isPlainHour = _reader.TryHour(fields, time, now, zone, out _hour);
        return true;
    }

    private DateReading Read(ReadOnlySpan<byte> line, TemplateSlot slot, int start, int end, DateTimeOffset now)
    {
        if (FollowsShapes && TryReadAlike(line, slot, start, end, now, out DateTimeOffset time)) return new DateReading(time);
        ReadOnlySpan<byte> text = line[start..end];
        long second = now.UtcTicks / TimeSpan.TicksPerSecond;
        bool isSelfContained = slot.FieldsAreWithin(start, end);
        if (isSelfContained && slot == _keptSlot && second == _keptSecond && _keptLength >= 0
            && text.SequenceEqual(_keptText.AsSpan(0, _keptLength)))
            return _kept;

        _hourKnownAt = -1;
        _lastText.Forget();
        DateReading reading = _reader.Read(line, slot, now, _defaultZone, out _fields);
        if (isSelfContained && reading.Fault == DateFault.None && slot.Definition.Kind == TemplateKind.Fields) _lastText.Keep(line, slot, start, end);
        if (!isSelfContained || text.Length > LongestKeptText)
        {
            _keptLength = -1;
            return reading;
        }

        text.CopyTo(_keptText);
        (_keptLength, _keptSlot, _keptSecond, _kept) = (text.Length, slot, second, reading);
        return reading;
    }

    private bool TryReadAlike(ReadOnlySpan<byte> line, TemplateSlot slot, int start, int end, DateTimeOffset now, out DateTimeOffset time)
    {
        time = default;
        return _lastText.IsAlike(line, slot, start, end, out int minute, out int second)
            && TryAdd(minute < 0 ? _fields.Minute : minute, second < 0 ? _fields.Second : second, now, out time);
    }

    // Patterns that a user wrote are compiled at once, so that a bad one is refused where it is set.
    private void CheckPatterns()
    {
        if (_choice.Slots.Length > MostDescribed) return;
        foreach (TemplateSlot slot in _choice.Slots)
        {
            try
            {
                slot.Compile();
            }
            catch (PatternException problem)
            {
                throw TemplateFactory.Failed(slot.Definition.Pattern ?? slot.Definition.Name, problem.Message);
            }
        }
    }
}
