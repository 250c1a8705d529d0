using System.Collections.Concurrent;
using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns.Prefilter;
using Fail2Ban.Patterns.Syntax;
using Fail2Ban.Patterns.Translation;

namespace Fail2Ban.Patterns;

/// <summary>What a pattern is, without the spans of a search: shared by all who use the same text.</summary>
/// <remarks>
/// Of a thousand jails most have the same date templates and one of a few filters; machine code for each would take a
/// quarter of a megabyte a jail. Two forms: bytes for subjects that are ASCII, and code points for the others; each is made
/// when the first such subject comes, since most patterns never see one. Thread safety: everything from any thread.
/// </remarks>
internal sealed class PatternCode
{
    // Up to this size, in bytes, the form for code points fits too: it has at most some forty times as many.
    private const int SurelySmall = 1600;
    private const int SurelyShort = 4096;

    // Weak: what nobody uses any more is freed by the finalisers of its handles.
    private static readonly ConcurrentDictionary<(string Text, bool MultiLine), WeakReference<PatternCode>> s_known = new();
    private static int s_pruneAt = 1024;

    private readonly string _text;
    private readonly bool _multiLine;
    private Pcre2Code? _bytes;
    private Pcre2Code? _unicode;

    private PatternCode(string text, bool multiLine)
    {
        _text = text;
        _multiLine = multiLine;
        PatternTree tree = PatternParser.Parse(text, multiLine);
        using Pcre2Code bytes = CompileForm(new ByteWriter().Write(tree), text, useJit: false);

        // The form for code points is larger, so it may be refused alone; that must not come up while lines are read.
        TranslatedPattern unicode = new UnicodeWriter(WordHasMarks).Write(tree);
        if (bytes.Size > SurelySmall || unicode.Text.Length > SurelyShort) CompileForm(unicode, text, useJit: false).Dispose();
        GroupCount = tree.GroupCount;
        GroupNames = tree.GroupNames;
        Facts = new PatternFacts(LiteralFinder.Find(tree), bytes.MinimalLength, EdgeAnchor.HoldsStart(tree), HeadFinder.Find(tree), DigitClasses.Of(tree), WholeLine.IsTakenBy(tree));
    }

    /// <summary>The pattern as Python knows it.</summary>
    internal string Text => _text;

    /// <summary>How many capturing groups there are, group 0 not counted.</summary>
    internal int GroupCount { get; }

    /// <summary>Named groups with their numbers, in the order of definition.</summary>
    internal IReadOnlyList<(string Name, int Number)> GroupNames { get; }

    /// <summary>What a prefilter may rely on.</summary>
    internal PatternFacts Facts { get; }

    /// <summary>For subjects that are ASCII.</summary>
    internal Pcre2Code Bytes => _bytes ?? Keep(ref _bytes, new ByteWriter());

    /// <summary>For all others.</summary>
    internal Pcre2Code Unicode => _unicode ?? Keep(ref _unicode, new UnicodeWriter(WordHasMarks));

    private static bool WordHasMarks => Pcre2Library.Version >= new Version(10, 43);

    /// <summary>The code of a pattern: that which is in use, or a new one.</summary>
    /// <exception cref="PatternException">The text is not a pattern, or is one that cannot be taken.</exception>
    internal static PatternCode Of(string text, bool multiLine)
    {
        if (Find((text, multiLine)) is { } known) return known;
        var made = new PatternCode(text, multiLine);
        Prune();
        while (true)
        {
            // Two who made the same at once use one of them.
            WeakReference<PatternCode> kept = s_known.GetOrAdd((text, multiLine), static (_, code) => new WeakReference<PatternCode>(code), made);
            if (kept.TryGetTarget(out PatternCode? shared)) return shared;
            s_known.TryRemove(new KeyValuePair<(string, bool), WeakReference<PatternCode>>((text, multiLine), kept));
        }
    }

    private static PatternCode? Find((string, bool) key) =>
        s_known.TryGetValue(key, out WeakReference<PatternCode>? known) && known.TryGetTarget(out PatternCode? code) ? code : null;

    // Now and then the entries of what is gone are taken out.
    private static void Prune()
    {
        if (s_known.Count < s_pruneAt) return;
        foreach (KeyValuePair<(string, bool), WeakReference<PatternCode>> entry in s_known)
            if (!entry.Value.TryGetTarget(out _)) s_known.TryRemove(entry);
        s_pruneAt = Math.Max(1024, s_known.Count * 2);
    }

    private Pcre2Code Keep(ref Pcre2Code? place, PatternWriter writer)
    {
        Pcre2Code made = CompileForm(writer.Write(PatternParser.Parse(_text, _multiLine)), _text, useJit: true);
        if (Interlocked.CompareExchange(ref place, made, null) is not { } first) return made;
        made.Dispose();
        return first;
    }

    private static Pcre2Code CompileForm(TranslatedPattern translated, string text, bool useJit) =>
        Pcre2Code.Compile(translated.Text, translated.Options, useJit, out string error, out int offset)
            ?? throw new SyntaxReader(text).Error(error, translated.IndexOf(offset));
}
