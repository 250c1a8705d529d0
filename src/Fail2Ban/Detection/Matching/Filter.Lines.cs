using System.Text;
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
    private readonly List<RegexHit> _hits = [];

    private byte[] _content = new byte[512];

    /// <summary>Searches one line.</summary>
    /// <param name="line">Valid during the call.</param>
    /// <param name="log">Where the line comes from.</param>
    /// <param name="failures">Failures are appended here.</param>
    /// <returns>What became of the line; nothing is allocated for one that does not match.</returns>
    public LineResult Process(in LogLine line, LogProgress log, List<Failure> failures)
    {
        _hits.Clear();
        return Handle(line, log, null, failures);
    }

    // With a place aside, matches are put there instead of being concluded at once.
    private LineResult Handle(in LogLine line, LogProgress log, FoundLines? aside, List<Failure> failures)
    {
        if (IsExcluded(line)) return new LineResult(LineVerdict.NoMatch, LineTime.Unknown, -1, _hits, null);
        DatedLine dated = _dating.Read(line, _dates, log.InOperation, FindTime);
        if (dated.Verdict != LineVerdict.NoMatch) return new LineResult(dated.Verdict, dated.Time, -1, _hits, null);
        if (MaxLines == 1) return Search(dated, dated.Text, aside, failures);

        _window.Add(dated, MaxLines);
        return Search(dated, _window.Text, aside, failures);
    }

    // Few ignoreregexes beside many failregexes are tried first.
    private bool HasEarlyIgnoreRegexes => _ignoreRegexes.Count > 0 && _ignoreRegexes.Count < _failRegexes.Count - 2;

    private LineResult Search(in DatedLine line, ReadOnlySpan<byte> text, FoundLines? aside, List<Failure> failures)
    {
        bool isAscii = Ascii.IsValid(text);
        if (HasEarlyIgnoreRegexes)
        {
            int early = FindIgnoreRegex(text, isAscii, out bool gaveUp);
            if (gaveUp) return Lost(line);
            if (early >= 0) return new LineResult(LineVerdict.Ignored, line.Time, early, _hits, null);
        }

        ReadOnlySpan<byte> whole = text;
        if (_prefRegex is not null)
        {
            MatchOutcome outcome = MayMatchPrefix(text, isAscii) ? Match(_prefRegex, "prefregex", 0, text, isAscii) : MatchOutcome.NoMatch;
            if (outcome == MatchOutcome.NoMatch) return new LineResult(LineVerdict.NoMatch, line.Time, -1, _hits, null);
            if (outcome == MatchOutcome.LimitExceeded) return Lost(line);
            text = Content(text);
        }

        var subject = new FailRegexSubject { Whole = whole, Prefix = Groups(_prefRegex), Text = text, IsAscii = isAscii, First = NextFailRegex(text, isAscii, 0) };
        if (aside is { LeavesFailRegexes: true } && MayLeave(line))
        {
            if (subject.First >= 0) aside.AddUnsearched(subject);
            return new LineResult(LineVerdict.NoMatch, line.Time, -1, _hits, _prefRegex is null ? null : FailureData.Empty);
        }

        return SearchFailRegexes(_failRegexes, line, subject, aside, failures);
    }

    private LineResult SearchFailRegexes(List<CompiledRegex> regexes, in DatedLine line, in FailRegexSubject subject, FoundLines? aside, List<Failure> failures)
    {
        LineVerdict verdict = LineVerdict.NoMatch;
        int ignored = -1;
        FailureData? prefix = _prefRegex is null ? null : CapturePrefix ? PrefixData(subject.Whole) : FailureData.Empty;
        FailRegexSubject now = subject;
        for (int i = now.First; i >= 0; i = NextFailRegex(now.Text, now.IsAscii, i + 1))
        {
            CompiledRegex regex = regexes[i];
            MatchOutcome outcome = Match(regex, "failregex", i, now.Text, now.IsAscii);
            if (outcome == MatchOutcome.NoMatch) continue;
            if (outcome == MatchOutcome.LimitExceeded) return Lost(line);

            IReadOnlyList<MatchedLine>? taken = null;
            ReadOnlySpan<byte> ignorable = now.Text;
            if (MaxLines > 1) (taken, ignorable) = TakeLines(regex);
            int ignore = FindIgnoreRegex(ignorable, now.IsAscii, out bool gaveUp);
            if (gaveUp) return Lost(line);
            bool isNobody = false;
            if (ignore >= 0)
            {
                verdict = LineVerdict.Ignored;
                ignored = ignore;
                if (taken is not null) _hits.Add(new RegexHit(i, LineVerdict.Ignored, taken, FailureData.Empty, null));
            }
            else
            {
                if (line.IsUndated && _undated.Take(_time)) _log.Undated(_jail, Encoding.UTF8.GetString(line.Date), string.Join('\n', taken ?? [line.ToMatchedLine()]));
                isNobody = !NamesSomebody(regex, now.Prefix);
                if (isNobody)
                {
                    _log.NobodyFound(Encoding.UTF8.GetString(now.Text), regex.Regex.Expanded);
                    if (taken is not null) _hits.Add(new RegexHit(i, LineVerdict.NoMatch, taken, FailureData.Empty, null));
                }
                else if (aside is not null)
                {
                    aside.AddHit(i, now, regex.Pattern.Groups);
                }
                else
                {
                    LineVerdict found = Conclude(i, now, Groups(regex), taken ?? (CountsOnly ? [] : [line.ToMatchedLine()]), line.Time.Value, failures);
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

        return new LineResult(verdict, line.Time, ignored, _hits, prefix);
    }

    // A regex whose groups are optional can match without naming anybody: that is an error of the regex, and the next may do.
    private bool NamesSomebody(CompiledRegex regex, GroupSpans prefix) => regex.Identifies(regex.Pattern.Groups) || (_prefRegex is not null && _prefRegex.Identifies(prefix));

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
    private ReadOnlySpan<byte> Content(ReadOnlySpan<byte> text)
    {
        (int start, int end) = _prefRegex!.ContentGroup < 0 ? (-1, -1) : _prefRegex.Pattern.Group(_prefRegex.ContentGroup);
        if (start < 0 || start == end) return text;
        if (MaxLines > 1)
        {
            _window.ReplaceBy(text[start..end]);
            return _window.Text;
        }

        if (text[end..] is [(byte)'\n', ..]) return text[start..(end + 1)];
        int length = end - start + 1;
        if (_content.Length < length) _content = new byte[2 * length];
        text[start..end].CopyTo(_content);
        _content[length - 1] = (byte)'\n';
        return _content.AsSpan(0, length);
    }

    private (IReadOnlyList<MatchedLine> Lines, byte[] Text) TakeLines(CompiledRegex regex) => _window.Take(regex);

    private static GroupSpans Groups(CompiledRegex? regex) => regex is null ? default : regex.Pattern.Groups;

    private LineVerdict Conclude(
        int index, in FailRegexSubject subject, GroupSpans groups, IReadOnlyList<MatchedLine> lines, DateTimeOffset? time, List<Failure> failures)
    {
        CompiledRegex regex = _failRegexes[index];
        bool isMerged = CountsOnly && !IsUndated(time) && !regex.Derives && _prefRegex is not { Derives: true };
        Fields fields = isMerged ? Merge(new LineCaptures(_prefRegex, regex, subject, groups)) : Capture(regex, subject, groups);
        LineVerdict found = Report(index, ref fields, isMerged, lines, time, failures);
        _connections.Return(fields);
        return found;
    }

    private Fields Merge(in LineCaptures line)
    {
        if (line.TryText(FieldSlot.MlfId, out ReadOnlySpan<byte> id)) return _connections.Merge(line, id);
        Fields fields = _connections.Rent();
        line.PutOver(fields);
        return fields;
    }

    // What prefregex and failregex captured.
    private Fields Capture(CompiledRegex regex, in FailRegexSubject subject, GroupSpans groups)
    {
        Fields fields = _connections.Rent();
        _prefRegex?.CapturePrefix(fields, subject.Whole, subject.Prefix);
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

    private FailureData PrefixData(ReadOnlySpan<byte> whole)
    {
        Fields fields = _connections.Rent();
        _prefRegex!.Capture(fields, whole, _prefRegex.Pattern.Groups);
        FailureData data = fields.ToData();
        _connections.Return(fields);
        return data;
    }

    private LineVerdict Report(int index, ref Fields fields, bool isMerged, IReadOnlyList<MatchedLine> lines, DateTimeOffset? time, List<Failure> failures)
    {
        if (IsUndated(time)) return Hit(index, LineVerdict.Undated, lines, fields);

        if (!isMerged && fields.Has(FieldSlot.MlfId)) fields = _connections.Merge(fields, lines);
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

    private int FindIgnoreRegex(ReadOnlySpan<byte> text, bool isAscii, out bool gaveUp)
    {
        gaveUp = false;
        for (int i = 0; i < _ignoreRegexes.Count && !gaveUp; i++)
        {
            MatchOutcome outcome = Match(_ignoreRegexes[i], "ignoreregex", i, text, isAscii);
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
        return new LineResult(LineVerdict.LimitExceeded, line.Time, -1, _hits, null);
    }
}
