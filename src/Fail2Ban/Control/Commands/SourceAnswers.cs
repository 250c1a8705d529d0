using System.Globalization;
using Fail2Ban.Detection.Sources;
using Fail2Ban.Jails;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>What <c>get J sources</c> answers: one dictionary for each source.</summary>
internal static class SourceAnswers
{
    public static List<object?> Of(Jail jail) => [.. jail.Sources.Select(source => Of(source, jail.Backend == "systemd"))];

    private static PythonDict Of(SourceState source, bool isJournal) => new()
    {
        ["source"] = source.Name,
        ["kind"] = isJournal ? "journal" : "file",
        ["reading"] = source.Way,
        ["position"] = isJournal ? source.Time?.ToString("O", CultureInfo.InvariantCulture) : source.Offset,
        ["size"] = source.Size,
        ["lines_read"] = source.LinesRead,
        ["lines_behind"] = source.LinesBehind,
        ["lines_estimated"] = source.LinesAreEstimated,
        ["bytes_behind"] = source.BytesBehind,
        ["seconds_behind"] = Math.Round(source.TimeBehind.TotalSeconds, 1),
        ["last_error"] = source.LastError,
    };
}
