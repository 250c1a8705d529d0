using Fail2Ban.Detection.Dates;
using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Matching;

/// <summary>A jail's filter: lines go in, failures come out.</summary>
/// <remarks>
/// Stateful: it learns where dates stand, buffers lines (<see cref="MaxLines"/>) and remembers connections.
/// Thread safety: none; it belongs to one jail.
/// </remarks>
public sealed partial class Filter : IDisposable
{
    private readonly string _jail;
    private readonly TimeProvider _clock;
    private readonly HeldClock _time;

    // That of what is done with matches, which may happen on another thread.
    private readonly HeldClock _countingTime;
    private readonly Log _log;
    private readonly RegexSet _regexes = new();
    private DateDetector _dates;
    private long _limitsExceeded;

    /// <summary>A filter without any regex.</summary>
    /// <param name="jail">The jail's name, for messages.</param>
    /// <param name="time">The clock and the local time zone.</param>
    /// <param name="log">Takes what goes wrong with lines.</param>
    public Filter(string jail, TimeProvider time, Log log)
    {
        _jail = jail;
        _clock = time;
        _time = new HeldClock(time);
        _countingTime = new HeldClock(time);
        _log = log;
        _dates = new DateDetector(null, null, _time, log);
        _dating = new LineDating(jail, _time, log);
        _connections = new Connections(_countingTime);
    }

    /// <summary>The failregexes, in the order in which they are tried.</summary>
    public IReadOnlyList<FilterRegex> FailRegexes => [.. _regexes.FailRegexes.Select(regex => regex.Regex)];

    /// <summary>The ignoreregexes.</summary>
    public IReadOnlyList<FilterRegex> IgnoreRegexes => [.. _regexes.IgnoreRegexes.Select(regex => regex.Regex)];

    /// <summary>The prefregex, or null.</summary>
    public FilterRegex? PrefRegex => _regexes.PrefRegex?.Regex;

    /// <summary>How many lines a failregex sees at once; 1 or more. Regexes added while it is above 1 are multi-line.</summary>
    /// <exception cref="FilterException">Set to less than 1.</exception>
    public int MaxLines
    {
        get;
        set
        {
            field = value > 0 ? value : throw new FilterException("maxlines must be integer greater than zero");
            ForgetChoice();
        }
    }
        = 1;

    /// <summary>What <c>&lt;HOST&gt;</c> means in regexes added from now on, and what becomes of names.</summary>
    public UseDns UseDns { get; set; } = UseDns.Warn;

    /// <summary>
    /// Lines older than this are not searched while a log is not in operation. Null for the test tool: dates of any age
    /// count as they are, and a line without a date matches too.
    /// </summary>
    public TimeSpan? FindTime
    {
        get;
        set
        {
            field = value;
            ForgetChoice();
        }
    }
        = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether a line is tried against every failregex instead of stopping at the first that occurs (test tool). Lines
    /// that are no failure are then hits too.
    /// </summary>
    public bool CheckAllRegexes
    {
        get;
        set
        {
            field = value;
            ForgetChoice();
        }
    }

    /// <summary>Whether results tell what the prefregex captured, also where no failregex occurs (test tool).</summary>
    public bool CapturePrefix
    {
        get;
        set
        {
            field = value;
            ForgetChoice();
        }
    }

    /// <summary>
    /// Whether only verdicts are wanted (test tool): hits then have neither lines nor data, and there are no failures but
    /// those whose host must be resolved, with no more data than that takes.
    /// </summary>
    public bool CountsOnly
    {
        get;
        set
        {
            field = value;
            ForgetChoice();
        }
    }

    /// <summary>
    /// Whether results tell which regexes occurred. A server asks for failures only; where a regex occurs and reports none,
    /// nothing is put together then.
    /// </summary>
    public bool TellsHits { get; set; } = true;

    /// <summary>How many lines were lost to a pattern that was given up at its budget.</summary>
    public long LimitsExceeded => Interlocked.Read(ref _limitsExceeded);

    /// <summary>The date patterns as the user wrote them, newline separated; null for the defaults.</summary>
    /// <exception cref="FilterException">A pattern that cannot be taken; the old ones stay.</exception>
    public string? DatePattern
    {
        get;
        set
        {
            DateDetector replaced = _dates;
            try
            {
                _dates = new DateDetector(DateDetector.SplitPatterns(value), replaced.DefaultZone, _time, _log);
            }
            catch (DatePatternException e)
            {
                throw new FilterException(e.Message, e);
            }

            replaced.Dispose();
            field = value;
        }
    }

    /// <summary>Finds the dates; for what <c>get … datepattern</c> and the test tool show. Replaced when <see cref="DatePattern"/> is set.</summary>
    public DateDetector Dates => _dates;

    /// <summary>The zone of dates without one (<c>+0100</c>, <c>CET</c>); null for the local zone.</summary>
    /// <exception cref="FilterException">Not a zone; the old one stays.</exception>
    public string? LogTimeZone
    {
        get;
        set
        {
            ZoneOffset zone = default;
            if (value is not null && !ZoneOffset.TryParse(value, out zone, out string? error)) throw new FilterException(error);
            _dates.DefaultZone = value is null ? null : zone;
            field = value;
        }
    }

    /// <summary>The date of the last line that had one; null before the first.</summary>
    public DateTimeOffset? LastTime => _dating.LastTime;

    /// <summary>The clock stands still until <see cref="EndBlock"/>: for lines that were read at once.</summary>
    public void BeginBlock()
    {
        _time.Hold();
        _countingTime.Hold();
    }

    /// <summary>The clock goes on.</summary>
    public void EndBlock()
    {
        _time.Release();
        _countingTime.Release();
    }

    /// <summary>Adds a failregex at the end.</summary>
    /// <exception cref="FilterException">Empty, not compilable, or without a group that identifies a failure.</exception>
    public void AddFailRegex(string text)
    {
        CompiledRegex regex = CompiledRegex.Compile(text, UseDns, multiLine: MaxLines > 1);
        if (!regex.IdentifiesFailure && _regexes.PrefRegex is not { IdentifiesFailure: true })
        {
            regex.Dispose();
            throw new FilterException($"No failure-id group in '{regex.Regex.Expanded}'");
        }

        _regexes.FailRegexes.Add(regex);
        ForgetChoice();
    }

    /// <summary>Removes a failregex.</summary>
    /// <returns>False where there is no such index.</returns>
    public bool RemoveFailRegex(int index) => Remove(_regexes.FailRegexes, index);

    /// <summary>Adds an ignoreregex at the end.</summary>
    /// <exception cref="FilterException">Empty or not compilable.</exception>
    public void AddIgnoreRegex(string text)
    {
        _regexes.IgnoreRegexes.Add(CompiledRegex.Compile(text, UseDns, multiLine: false));
        ForgetChoice();
    }

    /// <summary>Removes an ignoreregex.</summary>
    /// <returns>False where there is no such index.</returns>
    public bool RemoveIgnoreRegex(int index) => Remove(_regexes.IgnoreRegexes, index);

    /// <summary>Sets the prefregex; null or empty removes it.</summary>
    /// <exception cref="FilterException">Not compilable; the old one stays.</exception>
    public void SetPrefRegex(string? text)
    {
        CompiledRegex? replacement = string.IsNullOrEmpty(text) ? null : CompiledRegex.Compile(text, UseDns, multiLine: false);
        _regexes.PrefRegex?.Dispose();
        _regexes.PrefRegex = replacement;
        ForgetChoice();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _regexes.Dispose();
        ForgetRegexesApart();
        _dates.Dispose();
    }

    private bool Remove(List<CompiledRegex> regexes, int index)
    {
        if (index < 0 || index >= regexes.Count) return false;
        regexes[index].Dispose();
        regexes.RemoveAt(index);
        ForgetChoice();
        return true;
    }
}
