using System.Globalization;
using System.Text;
using Fail2Ban.Values;

namespace Fail2Ban.Patterns.Syntax;

internal sealed partial class PatternParser
{
    /// <returns>Null for what leaves nothing behind: a comment, global flags.</returns>
    private Node? ParseGroup(int index, bool verbose, bool mayBeGlobalFlags)
    {
        if (!_reader.TryTake('?')) return ParseCapture(index, verbose, name: null, nameIndex: 0);

        int kindIndex = _reader.Index;
        string kind = _reader.Take();
        switch (kind)
        {
            case "": _reader.Fail("unexpected end of pattern", kindIndex); break;
            case "P": return ParseNamed(index, verbose);
            case ":": return new PlainGroup(index, Flags.None, Flags.None, ParseBody(index, verbose));
            case "#": SkipComment(index); return null;
            case "=" or "!": return new Look(index, Behind: false, kind == "!", ParseBody(index, verbose));
            case "<": return ParseLookBehind(index, verbose);
            case "(": return ParseConditional(index, verbose);
            case ">": return new Atomic(index, ParseBody(index, verbose));
            case "-" or "a" or "i" or "L" or "m" or "s" or "u" or "x": return ParseFlagGroup(index, kind[0], verbose, mayBeGlobalFlags);
            default: _reader.Fail($"unknown extension ?{kind}", kindIndex - 1); break;
        }

        return null;
    }

    private Node ParseBody(int index, bool verbose)
    {
        Node body = ParseAlternation(verbose);
        CloseGroup(index);
        return body;
    }

    private void CloseGroup(int index)
    {
        if (!_reader.TryTake(')')) _reader.Fail("missing ), unterminated subpattern", index);
    }

    private Capture ParseCapture(int index, bool verbose, string? name, int nameIndex)
    {
        int number = _groups.Open(name, nameIndex);
        var capture = new Capture(index, number, ParseBody(index, verbose));
        _groups.Close(capture);
        return capture;
    }

    private Node ParseNamed(int index, bool verbose)
    {
        int after = _reader.Index;
        if (_reader.TryTake('<'))
        {
            int nameIndex = _reader.Index;
            string name = _reader.TakeUntil('>', "group name");
            CheckName(name, nameIndex);
            return ParseCapture(index, verbose, name, nameIndex);
        }

        if (_reader.TryTake('='))
        {
            int nameIndex = _reader.Index;
            string name = _reader.TakeUntil(')', "group name");
            CheckName(name, nameIndex);
            int number = _groups.NumberOf(name, nameIndex);
            _groups.CheckReference(number, nameIndex, _reader.Index);
            return new BackReference(index, number);
        }

        if (_reader.AtEnd) _reader.Fail("unexpected end of pattern", after);
        throw _reader.Error($"unknown extension ?P{_reader.Take()}", after - 2);
    }

    private Look ParseLookBehind(int index, bool verbose)
    {
        int after = _reader.Index;
        string sign = _reader.Take();
        if (sign.Length == 0) _reader.Fail("unexpected end of pattern", after);
        if (sign is not ("=" or "!")) _reader.Fail($"unknown extension ?<{sign}", after - 2);
        bool outermost = _groups.EnterLookBehind();
        var look = new Look(index, Behind: true, sign == "!", ParseBody(index, verbose));
        if (outermost) _groups.LeaveLookBehind();
        _groups.CheckFixedWidth(look);
        return look;
    }

    private Conditional ParseConditional(int index, bool verbose)
    {
        int nameIndex = _reader.Index;
        string name = _reader.TakeUntil(')', "group name");
        int number;
        if (IsIdentifier(name))
        {
            number = _groups.NumberOf(name, nameIndex);
        }
        else
        {
            bool isNumber = name.All(char.IsAsciiDigit);
            if (!isNumber) _reader.Fail($"bad character in group name {PythonText.Repr(name)}", nameIndex);
            if (name.All(digit => digit == '0')) _reader.Fail("bad group number", nameIndex);
            if (!int.TryParse(name, out number)) _reader.Fail($"invalid group reference {name}", nameIndex);
            _groups.Expect(number, nameIndex);
        }

        _groups.CheckLookBehind(number, _reader.Index);
        if (++_depth > MaximumDepth) _reader.Fail($"groups are nested more than {MaximumDepth} deep", index);
        Node yes = ParseSequence(verbose);
        Node? no = _reader.TryTake('|') ? ParseSequence(verbose) : null;
        _depth--;
        if (no is not null && _reader.Next == "|") _reader.Fail("conditional backref with more than two branches", _reader.Index);
        CloseGroup(index);
        return new Conditional(index, number, yes, no);
    }

    private void SkipComment(int index)
    {
        while (!_reader.AtEnd)
            if (_reader.Take() == ")") return;
        _reader.Fail("missing ), unterminated comment", index);
    }

    private void CheckName(string name, int index)
    {
        if (!IsIdentifier(name)) _reader.Fail($"bad character in group name {PythonText.Repr(name)}", index);
    }

    private static bool IsIdentifier(string name)
    {
        bool first = true;
        foreach (Rune rune in name.EnumerateRunes())
        {
            bool start = rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber;
            bool later = Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                or UnicodeCategory.ConnectorPunctuation;
            if (!start && (first || !later)) return false;
            first = false;
        }

        return !first;
    }
}
