using System.Globalization;
using System.Text;

namespace Fail2Ban.Detection.Dates;

/// <summary>Makes a template of one date pattern: one with tokens, an epoch or a TAI64N one.</summary>
/// <param name="year">The current year, for <c>%ExY</c>.</param>
internal sealed class TemplateFactory(int year)
{
    private const string Epoch = @"\d{10,11}\b(?:\.\d{3,6})?";
    private const string LongEpoch = @"\d{10,11}(?:\d{3}(?:\.\d{1,6}|\d{3})?)?";
    private const string Tai64N = "(@[0-9a-f]{24})";
    private const string End = @"(?=\b|\W|$)";

    /// <summary>Reads one pattern that stands for one template.</summary>
    /// <exception cref="DatePatternException">A percent sign does not begin a token.</exception>
    public TemplateDefinition Create(string pattern)
    {
        if (pattern.Contains("{EPOCH}", Comparison(pattern)) || pattern.Contains("{LEPOCH}", Comparison(pattern))) return EmbeddedEpoch(pattern);

        bool atBegin = TryStrip(pattern, TemplateDefinition.LineBeginPrefix, out string bare) || TryStrip(pattern, "^", out bare);
        return bare.ToUpperInvariant() switch
        {
            "EPOCH" => PlainEpoch("Epoch", Epoch, TemplateKind.Epoch, atBegin),
            "LEPOCH" => PlainEpoch("LongEpoch", LongEpoch, TemplateKind.LongEpoch, atBegin),
            "TAI64N" => new TemplateDefinition(Prefixed("TAI64N", atBegin), null, TemplateKind.Tai64N,
                new DateExpression((atBegin ? @"^(?:\W{0,2})?" : "") + Tai64N + End, atBegin)),
            _ => OfTokens(pattern),
        };
    }

    /// <summary>How special words are looked for in a pattern: in any case, unless it has tokens.</summary>
    public static StringComparison Comparison(string pattern) =>
        pattern.Contains('%', StringComparison.Ordinal) ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    private TemplateDefinition OfTokens(string pattern)
    {
        string text = pattern;
        bool unbound = text.StartsWith(TemplateDefinition.UnboundPrefix, StringComparison.Ordinal);
        if (unbound) text = text[TemplateDefinition.UnboundPrefix.Length..];
        bool atBegin = !unbound && text.StartsWith(TemplateDefinition.LineBeginPrefix, StringComparison.Ordinal);
        if (atBegin) text = text[TemplateDefinition.LineBeginPrefix.Length..];

        (string regex, string name, bool anyCase) = Expand(text, pattern);
        DateExpression expression = DateExpression.Bound(regex, atBegin, unbound, anyCase);
        bool prefixed = atBegin && expression.Regex.Contains(@"^(?:\W{0,2})?", StringComparison.Ordinal);
        return new TemplateDefinition(Prefixed(name, prefixed), pattern, TemplateKind.Fields, expression);
    }

    private (string Regex, string Name, bool AnyCase) Expand(string text, string pattern)
    {
        var regex = new StringBuilder();
        var name = new StringBuilder(text.Length);
        bool anyCase = false;
        // Blanks around a pattern are no part of it, but those that a token brings (%k) are.
        int first = text.Length - text.AsSpan().TrimStart(' ').Length;
        int end = text.AsSpan().TrimEnd(' ').Length;
        name.Append(' ', first);
        for (int at = first; at < end; at++)
        {
            if (text[at] != '%')
            {
                regex.Append(text[at]);
                name.Append(text[at]);
                continue;
            }

            int length = at + 3 < text.Length && text.AsSpan(at + 1).StartsWith("Ex") ? 3 : 1;
            string token = at + length < text.Length ? text.Substring(at + 1, length) : "";
            (string Regex, string Name) found = DateTokens.Find(token, year) ?? throw Unknown(pattern, text, at);
            regex.Append(found.Regex);
            name.Append(found.Name);
            anyCase |= DateTokens.HasWords(token);
            at += length;
        }

        name.Append(' ', text.Length - Math.Max(end, first));
        return (regex.ToString(), name.ToString(), anyCase);
    }

    private static DatePatternException Unknown(string pattern, string text, int at)
    {
        int index = at + 1;
        string reason = index >= text.Length
            ? "incomplete format"
            : string.Create(CultureInfo.InvariantCulture, $"unsupported format character '{text[index]}' (0x{(int)text[index]:x}) at index {index + pattern.Length - text.Length}");
        return Failed(pattern, reason);
    }

    public static DatePatternException Failed(string pattern, string reason) =>
        new($"Failed to set datepattern '{pattern}' (may be an invalid format or unescaped percent char): {reason}");

    private static TemplateDefinition PlainEpoch(string name, string number, TemplateKind kind, bool atBegin)
    {
        // In brackets the number must fill them; in an audit record a serial number follows it.
        string regex = atBegin
            ? $@"^(?:\W{{0,2}})?((?P<square>(?<=^\[))?{number})(?(square)(?=\]))"
            : $@"((?:^|(?P<square>(?<=^\[))|(?P<audit>(?<=\baudit\()))(?:{number}))(?:(?(audit)(?=:\d+\)))|(?(square)(?=\])))";
        return new TemplateDefinition(Prefixed(name, atBegin), null, kind, new DateExpression(regex + End, atBegin));
    }

    private static TemplateDefinition EmbeddedEpoch(string pattern)
    {
        bool isLong = pattern.Contains("{LEPOCH}", Comparison(pattern));
        string text = pattern.Replace("{LEPOCH}", "{EPOCH}", Comparison(pattern));
        int at = text.IndexOf("{EPOCH}", Comparison(pattern));
        string number = isLong ? LongEpoch : Epoch;
        string regex = text[..at] + $"(?P<{TemplateDefinition.NumberGroup}>{number})"
            + text[(at + "{EPOCH}".Length)..].Replace("{EPOCH}", $"(?:{number})", Comparison(pattern));

        bool unbound = TryStrip(regex, TemplateDefinition.UnboundPrefix, out regex);
        bool atBegin = TryStrip(regex, TemplateDefinition.LineBeginPrefix, out regex);
        regex = regex.Trim(' ');
        string name = pattern.Replace("{EPOCH}", "{EPOCH}", Comparison(pattern)).Replace("{LEPOCH}", "{LEPOCH}", Comparison(pattern));
        return new TemplateDefinition(name, null, isLong ? TemplateKind.LongEpoch : TemplateKind.Epoch,
            DateExpression.Bound(regex, atBegin, unbound, anyCase: false));
    }

    private static string Prefixed(string name, bool atBegin) => atBegin ? TemplateDefinition.LineBeginPrefix + name : name;

    private static bool TryStrip(string text, string prefix, out string rest)
    {
        bool stripped = text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);
        rest = stripped ? text[prefix.Length..] : text;
        return stripped;
    }
}
