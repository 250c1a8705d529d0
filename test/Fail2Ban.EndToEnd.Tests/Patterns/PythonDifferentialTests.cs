using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Fail2Ban.Patterns;
using Fail2Ban.Tests.Patterns;

namespace Fail2Ban.EndToEnd.Tests.Patterns;

/// <summary>The same verdict, spans, names, words of refusal as Python's <c>re</c>, for patterns that a grammar makes up.</summary>
public sealed partial class PythonDifferentialTests(ITestOutputHelper output)
{
    private const int Pairs = 12_000;
    private const int LeastUses = 50;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public async Task Verdict_and_spans_and_refusals_are_those_of_Python()
    {
        if (!File.Exists(PythonRe.Interpreter)) Assert.Skip($"{PythonRe.Interpreter} is absent");
        var generator = new DialectGenerator(seed: 20261123);
        DialectGenerator.Question[] questions = [.. Enumerable.Range(0, Pairs).Select(_ => generator.Next())];
        List<PythonRe.Answer> answers = await PythonRe.AskAsync(questions, TestContext.Current.CancellationToken);
        Assert.Equal(questions.Length, answers.Count);

        var differences = new List<string>();
        var tolerated = new List<string>();
        var tally = new Tally();
        for (int i = 0; i < questions.Length; i++)
            if (!answers[i].Timeout && Difference(questions[i], answers[i], tally) is { } difference)
                (answers[i].Error is null && BoundedRepeatOfGroup().IsMatch(questions[i].Pattern) ? tolerated : differences).Add(difference);

        int timeouts = answers.Count(answer => answer.Timeout);
        output.WriteLine($"{Pairs} pairs: {tally.Matches} match, {tally.Refusals} refused, {timeouts} too slow for Python, {tally.NonAscii} not ASCII, {tally.WithLiterals} of the matching with required literals; {differences.Count} differences, {tolerated.Count} tolerated");
        foreach ((string construct, int uses) in generator.Counts.OrderBy(pair => pair.Value)) output.WriteLine($"{uses,6} {construct}");
        foreach (string difference in differences.Concat(tolerated).Take(40)) output.WriteLine(difference);

        Assert.Empty(differences.Take(10));
        Assert.True(tolerated.Count <= 4, $"{tolerated.Count} differences in bounded repeats of groups");
        Assert.True(tally.Matches * 10 >= Pairs * 3, $"only {tally.Matches} of {Pairs} match");
        Assert.True(tally.Refusals >= 500, $"only {tally.Refusals} are refused");
        Assert.True(tally.WithLiterals >= 1000, $"only {tally.WithLiterals} have required literals");
        Assert.True(timeouts * 100 <= Pairs, $"{timeouts} pairs say nothing");
        Assert.All(generator.Counts, pair => Assert.True(pair.Value >= LeastUses, $"{pair.Key} was used {pair.Value} times only"));
    }

    private static string? Difference(DialectGenerator.Question question, PythonRe.Answer answer, Tally tally)
    {
        Pattern pattern;
        try
        {
            pattern = Pattern.Compile(question.Pattern, question.MultiLine);
        }
        catch (PatternException error)
        {
            tally.Refusals++;
            string expected = answer.Position < 0 ? $"{answer.Error}" : $"{answer.Error} at position {answer.Position}";
            bool same = answer.Error is not null && (answer.Position < 0 ? error.Message.StartsWith(expected, StringComparison.Ordinal) : error.Message == expected);
            return same ? null : Describe(question, answer, error.Message);
        }

        using (pattern)
        {
            if (answer.Error is not null) return Describe(question, answer, "accepted");
            if (!pattern.GroupNames.Select(group => $"{group.Name}={group.Number}").SequenceEqual(answer.Names!)) return Describe(question, answer, string.Join(' ', pattern.GroupNames));
            byte[] subject = Encoding.UTF8.GetBytes(question.Subject);
            int start = Offset(question.Subject, question.Start), end = Offset(question.Subject, question.End);
            bool isAscii = Ascii.IsValid(subject.AsSpan(0, end));
            tally.NonAscii += isAscii ? 0 : 1;

            // The form for code points must give the same on ASCII, which is the only way to see both on one subject.
            foreach (bool byBytes in isAscii ? new[] { true, false } : [false])
            {
                MatchOutcome outcome = pattern.Match(subject.AsSpan(0, end), start, byBytes);
                string? spans = outcome == MatchOutcome.Match ? Spans(pattern, subject) : outcome == MatchOutcome.LimitExceeded ? "limit" : null;
                if (spans != answer.Spans) return Describe(question, answer, $"{spans} ({(byBytes ? "bytes" : "code points")})");
            }

            if (answer.Spans is null) return null;
            tally.Matches++;
            return Untrue(pattern, subject.AsSpan(0, end), isAscii, tally) is { } fact ? Describe(question, answer, fact) : null;
        }
    }

    // A pattern that matches must keep what its facts promise to a prefilter.
    private static string? Untrue(Pattern pattern, ReadOnlySpan<byte> subject, bool isAscii, Tally tally)
    {
        PatternFacts facts = pattern.Facts;
        (int start, int end) = pattern.Group(0);
        if (facts.AnchoredAtStart && start != 0) return "not anchored";
        if (subject.Length - start < facts.MinimalLength) return $"not {facts.MinimalLength} long";
        if (facts.RequiredLiterals.Count == 0) return null;
        tally.WithLiterals++;
        foreach (RequiredLiteral literal in facts.RequiredLiterals)
        {
            if (literal.AsciiSubjectsOnly && !isAscii) return null;
            if (Contains(subject[start..end], literal)) return null;
        }

        return $"without any of {string.Join(' ', facts.RequiredLiterals.Select(literal => Encoding.UTF8.GetString(literal.Text.Span)))}";
    }

    private static bool Contains(ReadOnlySpan<byte> subject, RequiredLiteral literal)
    {
        byte[] text = subject.ToArray();
        if (literal.IgnoreCase)
            for (int i = 0; i < text.Length; i++)
                if (text[i] is >= (byte)'A' and <= (byte)'Z') text[i] += 32;
        return text.AsSpan().IndexOf(literal.Text.Span) >= 0;
    }

    private static string Spans(Pattern pattern, byte[] subject) =>
        string.Join(' ', Enumerable.Range(0, pattern.GroupCount + 1).Select(pattern.Group)
            .Select(span => span.Start < 0 ? "-" : $"{Characters(subject, span.Start)}-{Characters(subject, span.End)}"));

    private static int Characters(byte[] subject, int length) => Encoding.UTF8.GetString(subject, 0, length).EnumerateRunes().Count();

    private static int Offset(string subject, int characters) => subject.EnumerateRunes().Take(characters).Sum(rune => rune.Utf8SequenceLength);

    // PCRE2 makes copies of a group that is repeated up to n times, so unlike Python it goes on after a pass that took
    // nothing. This shows only where such a group can both take nothing and, on a later pass, something.
    [GeneratedRegex(@"\)\{\d*,\d+\}")]
    private static partial Regex BoundedRepeatOfGroup();

    private static string Describe(DialectGenerator.Question question, PythonRe.Answer answer, string ours) =>
        $"{JsonSerializer.Serialize(question, Readable)} Python: {answer.Error ?? answer.Spans ?? "no match"} {answer.Position}; here: {ours}";

    private sealed class Tally
    {
        internal int Matches { get; set; }
        internal int Refusals { get; set; }
        internal int NonAscii { get; set; }
        internal int WithLiterals { get; set; }
    }
}
