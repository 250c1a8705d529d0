using Fail2Ban.Logging;

namespace Fail2Ban.Detection.Dates;

/// <summary>Finds the date in the lines of one jail, and learns which of its templates the log uses.</summary>
/// <remarks>Thread safety: none; it belongs to one jail, whose lines come in order.</remarks>
public sealed class DateDetector : IDisposable
{
    /// <summary>Takes the patterns of a jail.</summary>
    /// <param name="patterns">As <see cref="SplitPatterns"/> gives them; null or empty: the default templates.</param>
    /// <param name="defaultZone">The zone of dates that name none (logtimezone); null: the local zone.</param>
    /// <param name="time">Gives the current time and the local zone.</param>
    /// <param name="log">Where unreadable dates are reported.</param>
    /// <exception cref="DatePatternException">A pattern cannot be used, or two have the same name.</exception>
    public DateDetector(IReadOnlyList<string>? patterns, ZoneOffset? defaultZone, TimeProvider time, Log log) => throw new NotImplementedException();

    /// <summary>How <c>get JAIL datepattern</c> answers: <c>P (NAME)</c>, <c>Epoch</c>, <c>Default Detectors</c>.</summary>
    public string Description => throw new NotImplementedException();

    /// <summary>The first template's pattern where <c>get JAIL datepattern</c> sends one beside the name; otherwise null.</summary>
    public string? DescribedPattern => throw new NotImplementedException();

    /// <summary>The first template's name, or <c>Default Detectors</c>: what <c>get JAIL datepattern</c> sends.</summary>
    public string DescribedName => throw new NotImplementedException();

    /// <summary>The zone of dates that name none; null: the local zone. May be set at any time.</summary>
    public ZoneOffset? DefaultZone { get; set; }

    /// <summary>The abbreviation that <see cref="DateFault.UnknownZone"/> was last reported for.</summary>
    public string? UnknownZone { get; private set; }

    /// <summary>The templates in their current order, with their hits.</summary>
    public IReadOnlyList<DateTemplateHits> Templates => throw new NotImplementedException();

    /// <summary>Splits a datepattern option at line ends, trims the parts and drops empty ones.</summary>
    public static IReadOnlyList<string> SplitPatterns(string? option) => throw new NotImplementedException();

    /// <summary>Finds the date of a line. Allocates nothing once the templates that the log needs are compiled.</summary>
    /// <param name="terminatedLine">Valid UTF-8 with one final <c>\n</c>.</param>
    public DateMatch Detect(ReadOnlySpan<byte> terminatedLine) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
