using System.Text.Json;

namespace Fail2Ban.EndToEnd.Tests.Dates;

/// <param name="Zone">TZ of the process.</param>
/// <param name="Now">When the first line is read, in seconds since 1970.</param>
/// <param name="Step">Seconds from one line to the next.</param>
/// <param name="Logtimezone">The default zone; null: the local one.</param>
/// <param name="Patterns">The date patterns; none: the defaults.</param>
/// <param name="Lines">The lines, in order, without line ends.</param>
internal sealed record OracleQuestion(string Zone, double Now, double Step, string? Logtimezone, string[] Patterns, string[] Lines);

/// <param name="Refused">Python's exception where the patterns cannot be used.</param>
/// <param name="Answers">One a line; null where no template matches.</param>
/// <param name="Order">Names and hits of the templates after the last line.</param>
internal sealed record OracleAnswers(string? Refused, OracleAnswer?[] Answers, JsonElement[][] Order);

/// <param name="Start">In characters.</param>
/// <param name="End">In characters, exclusive.</param>
/// <param name="Time">Seconds since 1970.</param>
/// <param name="Fault">"unreadable", or the name of the exception.</param>
/// <param name="Template">The name of the template that matched.</param>
internal sealed record OracleAnswer(int Start, int End, double? Time, string? Fault, string Template);
