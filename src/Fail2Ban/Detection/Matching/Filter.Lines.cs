using System.Text;
using Fail2Ban.Addresses;
using Fail2Ban.Detection.Lines;
using Fail2Ban.Patterns;
using Fail2Ban.Values;

namespace Fail2Ban.Detection.Matching;

// A line's way: date → early ignoreregex → prefregex → failregexes → ignoreregex → connection → failure.
public sealed partial class Filter
{
    private const int ReportedBytes = 120;

    private readonly LineDating _dating;
    private readonly Connections _connections;
    private readonly OncePerDay _undated = new();
    private readonly LineWindow _window = new();
    private List<RegexHit> _hits = [];
    private List<CountedHit> _countedHits = [];
    private CountedConnections? _counted;

    /// <summary>Searches one line.</summary>
    /// <param name="line">Valid during the call.</param>
    /// <param name="log">Where the line comes from.</param>
    /// <param name="failures">Failures are appended here.</param>
    /// <returns>What became of the line; nothing is allocated for one that does not match.</returns>
    public LineResult Process(in LogLine line, LogProgress log, List<Failure> failures)
    {
        ClearHits();
        return Handle(line, log, null, failures);
    }

    private void ClearHits()
    {
        if (_hits.Count > 0) _hits.Clear();
        if (_countedHits.Count > 0) _countedHits.Clear();
    }

    // With a place aside, matches are put there instead of being concluded at once.
    private LineResult Handle(in LogLine line, LogProgress log, FoundLines? aside, List<Failure> failures)
    {
        if (IsExcluded(line)) return new LineResult(LineVerdict.NoMatch, LineTime.Unknown, -1, _hits, null);
        DatedLine dated = _dating.Read(line, _dates, log.InOperation, FindTime);
        if (dated.Verdict != LineVerdict.NoMatch) return new LineResult(dated.Verdict, dated.Time, -1, _hits, null);
        if (!_hasChoice) MakeChoice();
        if (MaxLines > 1)
        {
            _window.Add(dated, MaxLines);
            return SearchAnew(_regexes, dated, _window.Text, aside, null, failures);
        }

        // Warnings about lines without a date are a matter of this thread.
        if (aside is not { LeavesSearch: true } || dated.IsUndated) return Search(_regexes, dated, dated.Text, aside, failures);
        aside.Leave(dated.Text);
        return new LineResult(LineVerdict.NoMatch, dated.Time, -1, _hits, null);
    }

    // Few ignoreregexes beside many failregexes are tried first.
    private bool HasEarlyIgnoreRegexes => _regexes.IgnoreRegexes.Count > 0 && _regexes.IgnoreRegexes.Count < _regexes.FailRegexes.Count - 2;

    private LineResult Search(RegexSet regexes, in DatedLine line, ReadOnlySpan<byte> text, FoundLines? aside, List<Failure> failures)
    {
        KnownLines? memory = MayRemember && !line.IsUndated ? regexes.Known(FindTime is null && aside is null ? ManyKnownLines : FewKnownLines) : null;
        if (memory is not null)
        {
            Familiarity familiarity = memory.Ask(text, out KnownLine known);
            if (familiarity == Familiarity.Known) return Repeat(regexes, known, line, text, aside, failures);
            if (familiarity == Familiarity.None) memory = null;
        }

        return SearchAnew(regexes, line, text, aside, memory, failures);
    }

    // What the search would find is known from a line before.
    private LineResult Repeat(RegexSet regexes, in KnownLine known, in DatedLine line, ReadOnlySpan<byte> text, FoundLines? aside, List<Failure> failures)
    {
        FailureData? prefix = known.HasPrefix ? FailureData.Empty : null;
        if (known.FailRegex < 0) return new LineResult(LineVerdict.NoMatch, line.Time, -1, _hits, prefix);
        var subject = new FailRegexSubject { Whole = text, Prefix = known.Prefix, Text = text[known.TextStart..known.TextEnd] };
        LineVerdict verdict = LineVerdict.NoMatch;
        if (aside is not null) aside.AddHit(known.FailRegex, subject, known.Prefix, known.Groups);
        else if (regexes.CountsPlainly) verdict = Count(known.FailRegex, subject, known.Groups, line.Time, failures);
        else verdict = Conclude(regexes, known.FailRegex, subject, known.Groups, MatchedLines(line), line.Time.Value, failures);
        return new LineResult(verdict, line.Time, -1, _hits, prefix) { Counted = _countedHits };
    }

    // With a memory, it takes what is found.
    private LineResult SearchAnew(RegexSet regexes, in DatedLine line, ReadOnlySpan<byte> text, FoundLines? aside, KnownLines? memory, List<Failure> failures)
    {
        bool isAscii = Ascii.IsValid(text);
        if (HasEarlyIgnoreRegexes)
        {
            int early = FindIgnoreRegex(regexes, text, isAscii, out bool gaveUp);
            if (gaveUp) return Lost(line);
            if (early >= 0) return new LineResult(LineVerdict.Ignored, line.Time, early, _hits, null);
        }

        ReadOnlySpan<byte> whole = text;
        if (regexes.PrefRegex is { } prefRegex)
        {
            MatchOutcome outcome = MayMatchPrefix(text, isAscii) ? Match(prefRegex, "prefregex", 0, text, isAscii) : MatchOutcome.NoMatch;
            if (outcome == MatchOutcome.LimitExceeded) return Lost(line);
            if (outcome == MatchOutcome.NoMatch)
            {
                memory?.Remember(new KnownLine { FailRegex = -1 });
                return new LineResult(LineVerdict.NoMatch, line.Time, -1, _hits, null);
            }

            text = Content(regexes, text);
        }

        var subject = new FailRegexSubject { Whole = whole, Prefix = regexes.Prefix, Text = text, IsAscii = isAscii, First = NextFailRegex(text, isAscii, 0) };
        return SearchFailRegexes(regexes, line, subject, aside, memory, failures);
    }

    private LineResult SearchFailRegexes(RegexSet regexes, in DatedLine line, in FailRegexSubject subject, FoundLines? aside, KnownLines? memory, List<Failure> failures)
    {
        LineVerdict verdict = LineVerdict.NoMatch;
        int ignored = -1, occurred = -1;
        FailureData? prefix = regexes.PrefRegex is not { } prefRegex ? null : CapturePrefix ? PrefixData(prefRegex, subject.Whole) : FailureData.Empty;
        FailRegexSubject now = subject;
        for (int i = now.First; i >= 0; i = NextFailRegex(now.Text, now.IsAscii, i + 1))
        {
            CompiledRegex regex = regexes.FailRegexes[i];
            if (memory?.IsParticular(i) == true) memory = null;
            MatchOutcome outcome = Match(regex, "failregex", i, now.Text, now.IsAscii);
            if (outcome == MatchOutcome.NoMatch) continue;
            if (outcome == MatchOutcome.LimitExceeded) return Lost(line);

            IReadOnlyList<MatchedLine>? taken = null;
            ReadOnlySpan<byte> ignorable = now.Text;
            if (MaxLines > 1) (taken, ignorable) = TakeLines(regex);
            int ignore = FindIgnoreRegex(regexes, ignorable, now.IsAscii, out bool gaveUp);
            if (gaveUp) return Lost(line);
            bool isNobody = false;
            if (ignore >= 0)
            {
                memory = null;
                verdict = LineVerdict.Ignored;
                ignored = ignore;
                if (taken is not null) _hits.Add(new RegexHit(i, LineVerdict.Ignored, taken, FailureData.Empty, null));
            }
            else
            {
                if (line.IsUndated && _undated.Take(_time)) _log.Undated(_jail, Encoding.UTF8.GetString(line.Date), string.Join('\n', taken ?? [line.ToMatchedLine()]));
                isNobody = !NamesSomebody(regexes, regex, now.Prefix);
                if (isNobody || occurred >= 0) memory = null;
                occurred = i;
                if (isNobody)
                {
                    _log.NobodyFound(Encoding.UTF8.GetString(now.Text), regex.Regex.Expanded);
                    if (taken is not null) _hits.Add(new RegexHit(i, LineVerdict.NoMatch, taken, FailureData.Empty, null));
                }
                else if (aside is not null)
                {
                    if (regexes.CountsPlainly) aside.AddHit(i, now, default, regexes.Places(regex, now));
                    else aside.AddHit(i, now, now.Prefix, regex.Pattern.Groups);
                }
                else
                {
                    LineVerdict found = regexes.CountsPlainly
                        ? Count(i, now, regexes.Places(regex, now), line.Time, failures)
                        : Conclude(regexes, i, now, regex.Pattern.Groups, taken ?? MatchedLines(line), line.Time.Value, failures);
                    if (verdict == LineVerdict.NoMatch || Rank(found) > Rank(verdict)) verdict = found;
                }
            }

            if (!CheckAllRegexes && !isNobody) break;
            if (MaxLines > 1)
            {
                if (_window.Text.IsEmpty) break;
                now = now.On(_window.Text);
            }
        }

        if (memory is not null) Remember(memory, regexes, occurred, subject);
        return new LineResult(verdict, line.Time, ignored, _hits, prefix) { Counted = _countedHits };
    }

    // One failregex at most has occurred, and nobody was told anything.
    private static void Remember(KnownLines memory, RegexSet regexes, int failRegex, in FailRegexSubject subject)
    {
        bool hasPrefix = regexes.PrefRegex is not null;
        if (failRegex < 0)
        {
            memory.Remember(new KnownLine { FailRegex = -1, HasPrefix = hasPrefix });
            return;
        }

        // What got a line end of its own does not stand in the line.
        if (!subject.Whole.Overlaps(subject.Text, out int start)) return;
        memory.Remember(new KnownLine
        {
            FailRegex = failRegex,
            HasPrefix = hasPrefix,
            TextStart = start,
            TextEnd = start + subject.Text.Length,
            Prefix = regexes.CountsPlainly ? default : subject.Prefix,
            Groups = regexes.CountsPlainly ? regexes.LastPlaces : regexes.FailRegexes[failRegex].Pattern.Groups,
        });
    }

    private IReadOnlyList<MatchedLine> MatchedLines(in DatedLine line) => CountsOnly ? [] : [line.ToMatchedLine()];

    // A regex whose groups are optional can match without naming anybody: that is an error of the regex, and the next may do.
    private static bool NamesSomebody(RegexSet regexes, CompiledRegex regex, GroupSpans prefix) =>
        regex.Identifies(regex.Pattern.Groups) || regexes.PrefRegex?.Identifies(prefix) == true;

    // With every regex checked one line can have several verdicts; the one that excuses the line is the strongest.
    private static int Rank(LineVerdict verdict) => verdict switch
    {
        LineVerdict.Ignored => 4,
        LineVerdict.NoFailure => 3,
        LineVerdict.Matched => 2,
        LineVerdict.NoMatch => 0,
        _ => 1,
    };

    // What failregexes see after the prefregex matched: its content where it captured one.
    private ReadOnlySpan<byte> Content(RegexSet regexes, ReadOnlySpan<byte> text)
    {
        CompiledRegex prefRegex = regexes.PrefRegex!;
        (int start, int end) = prefRegex.ContentGroup < 0 ? (-1, -1) : prefRegex.Pattern.Group(prefRegex.ContentGroup);
        if (start < 0 || start == end) return text;
        if (MaxLines == 1) return text[end..] is [(byte)'\n', ..] ? text[start..(end + 1)] : regexes.Terminate(text[start..end]);
        _window.ReplaceBy(text[start..end]);
        return _window.Text;
    }

    private (IReadOnlyList<MatchedLine> Lines, byte[] Text) TakeLines(CompiledRegex regex) => _window.Take(regex);

    private LineVerdict Conclude(
        RegexSet regexes, int index, in FailRegexSubject subject, GroupSpans groups, IReadOnlyList<MatchedLine> lines, DateTimeOffset? time, List<Failure> failures)
    {
        CompiledRegex regex = regexes.FailRegexes[index];
        Fields fields = Capture(regexes.PrefRegex, regex, subject, groups);
        LineVerdict found = Report(index, ref fields, lines, time, failures);
        _connections.Return(fields);
        return found;
    }

    // Only the verdict is wanted, and what it depends on is known.
    private LineVerdict Count(int index, in FailRegexSubject subject, GroupSpans places, LineTime time, List<Failure> failures)
    {
        LineVerdict verdict = (_counted ??= new CountedConnections(_countingTime)).Judge(new LineCaptures(subject.Whole, subject.Text, places), UseDns, out string? host);
        if (verdict == LineVerdict.NoMatch) return verdict;
        if (host is null)
        {
            _countedHits.Add(new CountedHit(index, verdict));
            return verdict;
        }

        var failure = new Failure(FailureId.OfText(host), null, host, time.Value ?? _countingTime.GetUtcNow(), [], FailureData.Empty);
        failures.Add(failure);
        _hits.Add(new RegexHit(index, verdict, [], FailureData.Empty, failure));
        return verdict;
    }

    // What prefregex and failregex captured.
    private Fields Capture(CompiledRegex? prefRegex, CompiledRegex regex, in FailRegexSubject subject, GroupSpans groups)
    {
        Fields fields = _connections.Rent();
        prefRegex?.CapturePrefix(fields, subject.Whole, subject.Prefix);
        if (fields.Count == 0)
        {
            regex.Capture(fields, subject.Text, groups);
            return fields;
        }

        Fields scratch = _connections.Rent();
        regex.CaptureOver(fields, subject.Text, groups, scratch);
        _connections.Return(scratch);
        return fields;
    }

    private FailureData PrefixData(CompiledRegex prefRegex, ReadOnlySpan<byte> whole)
    {
        Fields fields = _connections.Rent();
        prefRegex.Capture(fields, whole, prefRegex.Pattern.Groups);
        FailureData data = fields.ToData();
        _connections.Return(fields);
        return data;
    }

    private LineVerdict Report(int index, ref Fields fields, IReadOnlyList<MatchedLine> lines, DateTimeOffset? time, List<Failure> failures)
    {
        if (IsUndated(time)) return Hit(index, LineVerdict.Undated, lines, fields);

        if (fields.Has(FieldSlot.MlfId)) fields = _connections.Merge(fields, lines);
        else if (!CountsOnly) fields.Matches = lines;
        if (fields.IsSet(FieldSlot.NoFail)) return Hit(index, LineVerdict.NoFailure, lines, fields);
        if (CountsOnly && (fields.Has(FieldSlot.Ip4) || fields.Has(FieldSlot.Ip6))) return Hit(index, LineVerdict.Matched, lines, fields);

        FailureIdentity? identity = FailureIdentity.Of(fields, UseDns, out bool isUnusable);
        if (isUnusable) return LineVerdict.NoMatch;
        if (identity is not { } who)
        {
            fields.IsPending = true;
            return Hit(index, LineVerdict.Pending, lines, fields);
        }

        if (who.Address is { } address) fields["ip"] = address.ToString();
        DateTimeOffset now = _countingTime.GetUtcNow();
        DateTimeOffset when = time ?? now;
        if (FindTime is not null && when > now) when = now;
        if (CountsOnly && who.Host is null) return Hit(index, LineVerdict.Matched, lines, fields);
        FailureData data = fields.ToData();
        var failure = new Failure(who.Id, who.Address, who.Host, when, [.. fields.Matches], data);
        failures.Add(failure);
        if (TellsHits) _hits.Add(new RegexHit(index, LineVerdict.Matched, lines, data, failure));
        return LineVerdict.Matched;
    }

    private bool IsUndated(DateTimeOffset? time) => time is null && FindTime is not null;

    private LineVerdict Hit(int index, LineVerdict verdict, IReadOnlyList<MatchedLine> lines, Fields fields)
    {
        if (TellsHits) _hits.Add(new RegexHit(index, verdict, lines, CountsOnly ? FailureData.Empty : fields.ToData(), null));
        return verdict;
    }

    private int FindIgnoreRegex(RegexSet regexes, ReadOnlySpan<byte> text, bool isAscii, out bool gaveUp)
    {
        gaveUp = false;
        for (int i = 0; i < regexes.IgnoreRegexes.Count && !gaveUp; i++)
        {
            MatchOutcome outcome = Match(regexes.IgnoreRegexes[i], "ignoreregex", i, text, isAscii);
            if (outcome == MatchOutcome.Match) return i;
            gaveUp = outcome == MatchOutcome.LimitExceeded;
        }

        return -1;
    }

    private MatchOutcome Match(CompiledRegex regex, string kind, int index, ReadOnlySpan<byte> text, bool isAscii)
    {
        MatchOutcome outcome = regex.Pattern.Match(text, 0, isAscii);
        if (outcome == MatchOutcome.LimitExceeded && regex.Limit.Take(_clock))
        {
            _log.LimitExceeded(_jail, kind, index, PythonText.Repr(text[..Math.Min(ReportedBytes, text.Length)].ToArray()));
        }

        return outcome;
    }

    private LineResult Lost(in DatedLine line)
    {
        Interlocked.Increment(ref _limitsExceeded);
        return new LineResult(LineVerdict.LimitExceeded, line.Time, -1, _hits, null) { Counted = _countedHits };
    }
}
