using Fail2Ban.Detection.Lines;
using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Matching;

/// <summary>A jail's filter: lines go in, failures come out.</summary>
/// <remarks>
/// Stateful: it learns where dates stand, buffers lines (<see cref="MaxLines"/>) and remembers connections.
/// Thread safety: none; it belongs to one jail.
/// </remarks>
public sealed class Filter : IDisposable
{
    /// <summary>A filter without any regex.</summary>
    /// <param name="jail">The jail's name, for messages.</param>
    /// <param name="time">The clock and the local time zone.</param>
    /// <param name="log">Takes what goes wrong with lines.</param>
    public Filter(string jail, TimeProvider time, Log log) => throw new NotImplementedException(jail + time + log);

    /// <summary>The failregexes, in the order in which they are tried.</summary>
    public IReadOnlyList<FilterRegex> FailRegexes => throw new NotImplementedException();

    /// <summary>The ignoreregexes.</summary>
    public IReadOnlyList<FilterRegex> IgnoreRegexes => throw new NotImplementedException();

    /// <summary>The prefregex, or null.</summary>
    public FilterRegex? PrefRegex => throw new NotImplementedException();

    /// <summary>How many lines a failregex sees at once; 1 or more. Regexes added while it is above 1 are multi-line.</summary>
    /// <exception cref="FilterException">Set to less than 1.</exception>
    public int MaxLines { get; set; }

    /// <summary>What <c>&lt;HOST&gt;</c> means in regexes added from now on, and what becomes of names.</summary>
    public UseDns UseDns { get; set; }

    /// <summary>
    /// Lines older than this are not searched while a log is not in operation. Null for the test tool: dates of any age
    /// count as they are, and a line without a date matches too.
    /// </summary>
    public TimeSpan? FindTime { get; set; }

    /// <summary>Whether a line is tried against every failregex instead of stopping at the first that occurs (test tool).</summary>
    public bool CheckAllRegexes { get; set; }

    /// <summary>How many lines were lost to a pattern that was given up at its budget.</summary>
    public long LimitsExceeded { get; private set; }

    /// <summary>The date patterns as the user wrote them, newline separated; null for the defaults.</summary>
    /// <exception cref="FilterException">A pattern that cannot be taken; the old ones stay.</exception>
    public string? DatePattern { get; set; }

    /// <summary>What <c>get … datepattern</c> shows: the pattern and its readable name; null where the defaults are in force.</summary>
    public (string? Pattern, string Name)? DatePatternShown => throw new NotImplementedException();

    /// <summary>The zone of dates without one (<c>+0100</c>, <c>CET</c>); null for the local zone.</summary>
    /// <exception cref="FilterException">Not a zone; the old one stays.</exception>
    public string? LogTimeZone { get; set; }

    /// <summary>Adds a failregex at the end.</summary>
    /// <exception cref="FilterException">Empty, not compilable, or without a group that identifies a failure.</exception>
    public void AddFailRegex(string text) => throw new NotImplementedException(text);

    /// <summary>Removes a failregex.</summary>
    /// <returns>False where there is no such index.</returns>
    public bool RemoveFailRegex(int index) => throw new NotImplementedException();

    /// <summary>Adds an ignoreregex at the end.</summary>
    /// <exception cref="FilterException">Empty or not compilable.</exception>
    public void AddIgnoreRegex(string text) => throw new NotImplementedException(text);

    /// <summary>Removes an ignoreregex.</summary>
    /// <returns>False where there is no such index.</returns>
    public bool RemoveIgnoreRegex(int index) => throw new NotImplementedException();

    /// <summary>Sets the prefregex; null or empty removes it.</summary>
    /// <exception cref="FilterException">Not compilable; the old one stays.</exception>
    public void SetPrefRegex(string? text) => throw new NotImplementedException(text);

    /// <summary>Forgets all regexes and settings, as a reload does; connections and buffered lines stay.</summary>
    public void Reset() => throw new NotImplementedException();

    /// <summary>Searches one line.</summary>
    /// <param name="line">Valid during the call.</param>
    /// <param name="log">Where the line comes from.</param>
    /// <param name="failures">Failures are appended here.</param>
    /// <returns>What became of the line; nothing is allocated for one that does not match.</returns>
    public LineResult Process(in LogLine line, LogProgress log, List<Failure> failures) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
