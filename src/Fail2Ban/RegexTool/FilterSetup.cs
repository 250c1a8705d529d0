using System.Text.RegularExpressions;
using Fail2Ban.Configuration;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary>Makes the filter that the command line asks for, and says in the report's head what it is made of.</summary>
internal sealed class FilterSetup(RegexToolOptions options, ReportHead head, TimeProvider time, Log log)
{
    private static readonly string[] FilterSuffixes = [".conf", ".local", ""];

    /// <summary>What is asked of the journal, where the filter names it.</summary>
    public IReadOnlyList<IReadOnlyList<string>> JournalMatches { get; private set; } = [];

    /// <summary>The encoding that the jail names, or null.</summary>
    public string? Encoding { get; private set; }

    /// <param name="logType"><c>file</c> or <c>journal</c>.</param>
    /// <exception cref="FilterException">What the program answers after <c>ERROR: </c>.</exception>
    public Filter Build(string logType)
    {
        RegexesAhead.LoadLibrary();
        var filter = new Filter("~jailless~", time, log)
        {
            FindTime = null,
            CheckAllRegexes = options.CheckAll && options.Out is null,
            CapturePrefix = options.Out is null && options.Verbosity > 0,
        };
        try
        {
            Fill(filter, logType);
            return filter;
        }
        catch
        {
            filter.Dispose();
            throw;
        }
    }

    private void Fill(Filter filter, string logType)
    {
        if (options.TimeZone is { } zone) filter.LogTimeZone = zone;
        if (options.UseDns is { } useDns) filter.UseDns = UseDnsText.Parse(useDns);
        if (options.MaxLines != 0) SetMaxLines(filter, options.MaxLines);
        if (options.DatePattern is { } pattern) SetDatePattern(filter, pattern);

        string regex = options.Arguments[1];
        if (FilterName.IsOne(regex) && ReadNamed(filter, regex, logType)) { }
        else
        {
            head.Line("failregex line", ReportHead.Shorten(regex));
            AddFailRegex(filter, regex);
        }

        if (options.Arguments.Count > 2)
        {
            string ignore = options.Arguments[2];
            head.Line("ignoreregex line", ReportHead.Shorten(ignore));
            while (filter.RemoveIgnoreRegex(0)) { }
            filter.AddIgnoreRegex(ignore);
        }

        // Names stay what they are, but <HOST> was expanded by usedns.
        if (options.Raw) filter.UseDns = UseDns.Raw;

        // Multi-line hits take lines back from the missed ones.
        filter.CountsOnly = options.Out is null && options.Verbosity == 0 && filter.MaxLines == 1;
    }

    // What could have been a name, and is no usable regex either, was most likely meant as a name.
    private void AddFailRegex(Filter filter, string regex)
    {
        try
        {
            filter.AddFailRegex(regex);
        }
        catch (FilterException e) when (FilterName.IsOne(regex))
        {
            string directory = options.ConfigDirectory;
            throw new FilterException(Directory.Exists(directory)
                ? $"{e.Message}\n       nor is there a jail or filter of this name in {directory}"
                : $"Base configuration directory {directory} does not exist, so {PythonText.Repr(regex)} cannot be a jail or filter; as regex: {e.Message}", e);
        }
    }

    private bool ReadNamed(Filter filter, string text, string logType)
    {
        FilterReading reading = new ConfigurationReader(options.ConfigDirectory, new ReaderOptions { Advise = false }, log).ReadFilter(text, logType);
        if (reading.Source == FilterSource.NotFound) return false;
        if (reading.Source == FilterSource.Error || reading.Filter is not { } definition)
            throw new FilterException(Explain(reading, text));

        bool isJail = reading.Source == FilterSource.Jail;
        if (isJail) head.Line("jail", reading.Name);
        else if (IsInFilterDirectory(reading)) head.Line("filter file", $"{reading.Name}, basedir: {reading.BaseDirectory}");
        else head.Line("failregex file", text.Split('[')[0]);
        if (reading.Parameters.Count > 0) head.Line(isJail ? "jail/flt options" : "filter options", PythonText.Repr(Dict(reading.Parameters)));
        if (options.Verbosity > 1) head.RealOptions(PythonText.Repr(RealOptions(definition, reading.Parameters, logType)));

        Apply(filter, definition);
        return true;
    }

    // Where the parameters cannot be read, the reading still has the whole text for a name.
    private static string Explain(FilterReading reading, string text) =>
        reading.Error is null ? $"Unable to read the filter '{text}'"
        : text.Contains('[', StringComparison.Ordinal) && reading.Name == text ? $"Wrong filter name or options: {reading.Error}\n       while parsing: {text}"
        : reading.Error;

    private static bool IsInFilterDirectory(FilterReading reading) =>
        FilterSuffixes.Any(suffix => File.Exists($"{reading.BaseDirectory}/filter.d/{reading.Name}{suffix}"));

    private void Apply(Filter filter, FilterDefinition definition)
    {
        if (options.UseDns is null && definition.UseDns is { } useDns) filter.UseDns = UseDnsText.Parse(useDns);
        if (options.MaxLines == 0 && definition.MaxLines is { } maxLines) SetMaxLines(filter, maxLines);
        if (options.DatePattern is null && !string.IsNullOrEmpty(definition.DatePattern)) SetDatePattern(filter, definition.DatePattern);
        if (options.TimeZone is null && definition.LogTimeZone is { } zone) filter.LogTimeZone = zone;
        using var ahead = new RegexesAhead([.. definition.FailRegexes.Select(regex => (regex, filter.UseDns, filter.MaxLines > 1))]);
        filter.SetPrefRegex(definition.PrefRegex);
        foreach (string regex in definition.FailRegexes) filter.AddFailRegex(regex);
        if (options.Arguments.Count < 3)
            foreach (string regex in definition.IgnoreRegexes) filter.AddIgnoreRegex(regex);
        JournalMatches = definition.JournalMatches;
        Encoding = definition.LogEncoding;
    }

    private void SetMaxLines(Filter filter, int value)
    {
        filter.MaxLines = value;
        head.Line("maxlines", $"{value}");
    }

    private void SetDatePattern(Filter filter, string pattern)
    {
        filter.DatePattern = pattern;
        head.Line("datepattern", $"{pattern} : {filter.Dates.DescribedName}");
    }

    private static PythonDict Dict(IEnumerable<KeyValuePair<string, string>> items)
    {
        var dict = new PythonDict();
        foreach ((string key, string value) in items) dict[key] = value;
        return dict;
    }

    // The original shows what went into the filter besides its regexes.
    private static PythonDict RealOptions(FilterDefinition definition, IEnumerable<KeyValuePair<string, string>> parameters, string logType)
    {
        var real = new PythonDict { ["logtype"] = logType };
        if (definition.DatePattern is { } pattern) real["datepattern"] = pattern;
        foreach ((string key, string value) in parameters) real[key] = value;
        return real;
    }
}

/// <summary>Tells names of filters and jails from regexes.</summary>
internal static partial class FilterName
{
    public static bool IsOne(string text) => Shape().IsMatch(text);

    [GeneratedRegex(@"^/{0,3}[\w/_\-.]+(?:\[.*\])?$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
