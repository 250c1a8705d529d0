namespace Fail2Ban.Detection.Dates;

/// <summary>Reads the datepattern option: its words in braces, and the patterns that stand for several templates.</summary>
internal static class DatePatterns
{
    private const string UpToQuote = "\\]\\s*\"";

    /// <param name="patterns">One pattern each; null or empty: the defaults.</param>
    /// <param name="defaults">The default templates as of the current year.</param>
    /// <exception cref="DatePatternException">A pattern cannot be used, or two have the same name.</exception>
    public static IReadOnlyList<TemplateDefinition> Read(IReadOnlyList<string>? patterns, DefaultTemplates defaults)
    {
        if (patterns is null || patterns.Count == 0) return defaults.Effective;

        List<TemplateDefinition> templates = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            IReadOnlyList<TemplateDefinition> read = [.. ReadOne(pattern, defaults, defaults.Factory)];
            foreach (TemplateDefinition template in read)
            {
                // A word that stands for many adds those that are missing: dovecot has TAI64N first and then all of them.
                // One that is there already stays in its place and takes the default's weight.
                if (names.Add(template.Name)) templates.Add(template);
                else if (read.Count == 1) throw new DatePatternException($"There is already a template with name {template.Name}");
                else templates[templates.FindIndex(known => known.Name == template.Name)] = template;
            }
        }

        return templates.Count == 0 ? defaults.Effective : templates;
    }

    private static IEnumerable<TemplateDefinition> ReadOne(string pattern, DefaultTemplates defaults, TemplateFactory factory)
    {
        StringComparison comparison = TemplateFactory.Comparison(pattern);
        if (pattern.Equals(TemplateDefinition.LineBeginPrefix, comparison)) return defaults.LineBegin;

        // It is meant to add the defaults, but adds nothing in any release; alone it works since nothing means the defaults.
        if (pattern.Equals("{DEFAULT}", comparison)) return [];
        if (pattern.Equals("{NONE}", comparison)) return [factory.Create("{UNB}^")];
        if (!pattern.Contains("{DATE}", comparison)) return [factory.Create(pattern)];

        bool endsWithQuote = pattern.EndsWith(UpToQuote, StringComparison.Ordinal);
        byte? opener = OpenerOf(endsWithQuote ? pattern.AsSpan()[..^UpToQuote.Length] : pattern);
        return DefaultTemplates.Patterns.Select(date => OfDate(pattern.Replace("{DATE}", WithoutPrefix(date), comparison), defaults, factory))
            .Select(template => opener is null ? template : template with { Opener = opener, EndsWithQuote = endsWithQuote });
    }

    // ^[^\[]*\[({DATE}) and the like with another sign, up to a quote or not. Its date is found without a search.
    private static byte? OpenerOf(ReadOnlySpan<char> pattern)
    {
        if (!pattern.StartsWith("^[^") || !pattern.EndsWith("({DATE})")) return null;
        ReadOnlySpan<char> signs = pattern["^[^".Length..^"({DATE})".Length];
        bool isEscaped = signs is ['\\', ..];
        if (isEscaped) signs = signs[1..];
        if (signs is not [var sign, ']', '*', .. var again] || again is not ([_] or ['\\', _]) || again[^1] != sign) return null;
        bool isLiteral = (isEscaped || sign != '^') && (again.Length == 2 || !"\\.^$*+?{}[]|()".Contains(sign, StringComparison.Ordinal));
        return isLiteral && char.IsAscii(sign) && (char.IsPunctuation(sign) || char.IsSymbol(sign)) ? (byte)sign : null;
    }

    private static TemplateDefinition OfDate(string pattern, DefaultTemplates defaults, TemplateFactory factory)
    {
        TemplateDefinition made = factory.Create(pattern);
        return defaults.Effective.FirstOrDefault(known => known.Name == made.Name && known.Pattern == made.Pattern && !pattern.StartsWith('^')) ?? made;
    }

    private static string WithoutPrefix(string pattern) =>
        pattern.StartsWith(TemplateDefinition.LineBeginPrefix, StringComparison.Ordinal) ? pattern[TemplateDefinition.LineBeginPrefix.Length..] : pattern;
}
