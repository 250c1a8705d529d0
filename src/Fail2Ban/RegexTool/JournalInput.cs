using Fail2Ban.Configuration;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Detection.Sources.Journal;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary>Gives the entries of the systemd journal.</summary>
internal static class JournalInput
{
    /// <summary>What the log is called on the command line.</summary>
    public const string Name = "systemd-journal";

    /// <summary>Reads the whole journal.</summary>
    /// <param name="source"><c>systemd-journal</c>, with parameters in brackets or without.</param>
    /// <param name="match">The command line's match, or null.</param>
    /// <param name="ofFilter">The filter's matches.</param>
    /// <param name="head">Told what is read.</param>
    /// <param name="zone">For the printed dates.</param>
    /// <param name="handle">Called for each entry.</param>
    /// <exception cref="FilterException">What the program answers after <c>ERROR: </c>.</exception>
    public static void Read(
        string source, string? match, IReadOnlyList<IReadOnlyList<string>> ofFilter, ReportHead head, TimeZoneInfo zone, LineHandler handle)
    {
        JournalParameters parameters = Parse(source);
        IReadOnlyList<IReadOnlyList<string>> words = match is null ? ofFilter : [Split(match)];
        var groups = new List<IReadOnlyList<string>>();
        foreach (IReadOnlyList<string> one in words)
        {
            if (!JournalMatch.TryParse(one, out IReadOnlyList<IReadOnlyList<string>>? parsed))
                throw new FilterException($"Invalid match: {PythonText.Repr(string.Join(' ', one))}; a match is FIELD=value, with + between alternatives");
            groups.AddRange(parsed);
        }

        if (groups.Count > 0) head.Line("journal match", string.Join(" + ", groups.Select(group => string.Join(' ', group))));
        if (parameters.Problem() is { } problem) throw new FilterException(problem);
        head.End();
        try
        {
            JournalScan.Read(parameters, groups, zone, (in LogLine entry) => handle(entry));
        }
        catch (IOException failure)
        {
            throw new FilterException($"Reading the journal failed: {failure.Message}", failure);
        }
    }

    private static JournalParameters Parse(string source)
    {
        if (!ParameterList.TryParse(source, out ParameterList? list, out string error)) throw new FilterException($"'{source}': {error}");
        if (list!.Name != Name) throw new FilterException($"'{list.Name}': the journal is called {Name}, with parameters in brackets or without");
        string? defaultFlags = Environment.GetEnvironmentVariable(JournalParameters.DefaultFlagsVariable);
        return JournalParameters.TryParse(list.Parameters, defaultFlags, out JournalParameters? parameters, out error) ? parameters : throw new FilterException(error);
    }

    private static IReadOnlyList<string> Split(string match) =>
        ShellWords.TrySplit(match, out IReadOnlyList<string> words, out string error) ? words : throw new FilterException($"journal match {PythonText.Repr(match)}: {error}");
}
