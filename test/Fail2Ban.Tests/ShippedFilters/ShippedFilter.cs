using Fail2Ban.Configuration;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Logging;

namespace Fail2Ban.Tests.ShippedFilters;

/// <summary>The filters of <c>config/filter.d</c>, read as a jail reads them.</summary>
internal static class ShippedFilter
{
    private static readonly string Configuration = Path.Combine(RepositoryRoot.Find(), "config");

    /// <summary>Every filter that a jail can name; files that only others include are none.</summary>
    internal static IEnumerable<string> Names => Directory.EnumerateFiles(Path.Combine(Configuration, "filter.d"), "*.conf")
        .Select(file => Path.GetFileNameWithoutExtension(file))
        .Where(name => name != "common" && !name.EndsWith("-common", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    /// <param name="name">Without suffix.</param>
    /// <param name="options">As in a jail's <c>filter = NAME[…]</c>, without the brackets; may be empty.</param>
    internal static FilterDefinition Read(string name, string options)
    {
        var log = new Log(new MessageList { Threshold = LogLevel.Critical }, "fail2ban");
        string text = options.Length == 0 ? $"filter.d/{name}" : $"filter.d/{name}[{options}]";
        FilterReading reading = new ConfigurationReader(Configuration, new ReaderOptions(), log).ReadFilter(text);
        return reading.Filter ?? throw new InvalidOperationException($"{text} cannot be read: {reading.Error ?? "there is no such file"}");
    }

    /// <summary>Compiles it. Host names stay what they are, and lines of any age count.</summary>
    internal static Filter Compile(FilterDefinition definition, TimeProvider clock)
    {
        var filter = new Filter(definition.Name, clock, new Log(new MessageList { Threshold = LogLevel.Critical }, "fail2ban.filter")) { FindTime = null };
        if (definition.MaxLines is { } lines) filter.MaxLines = lines;
        if (!string.IsNullOrEmpty(definition.DatePattern)) filter.DatePattern = definition.DatePattern;
        filter.SetPrefRegex(definition.PrefRegex);
        foreach (string regex in definition.FailRegexes) filter.AddFailRegex(regex);
        foreach (string regex in definition.IgnoreRegexes) filter.AddIgnoreRegex(regex);
        filter.UseDns = UseDns.Raw;
        return filter;
    }
}
