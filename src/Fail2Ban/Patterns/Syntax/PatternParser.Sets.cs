using System.Collections.Immutable;

namespace Fail2Ban.Patterns.Syntax;

internal sealed partial class PatternParser
{
    // "[" is taken. A "[" inside is a plain member, and so are "--", "&&", "~~" and "||", of which Python only warns.
    private CharacterSet ParseSet(int index)
    {
        var items = ImmutableArray.CreateBuilder<SetItem>();
        bool negated = _reader.TryTake('^');
        while (true)
        {
            int firstIndex = _reader.Index;
            string first = TakeSetUnit(index);
            if (first == "]" && items.Count > 0) break;
            SetItem low = ParseSetItem(first, firstIndex);
            if (!_reader.TryTake('-'))
            {
                items.Add(low);
                continue;
            }

            int lastIndex = _reader.Index;
            string last = TakeSetUnit(index);
            if (last == "]")
            {
                items.Add(low);
                items.Add(SetItem.Single('-'));
                break;
            }

            SetItem high = ParseSetItem(last, lastIndex);
            if (low.Kind != ClassKind.Range || high.Kind != ClassKind.Range || high.First < low.First)
                _reader.Fail($"bad character range {first}-{last}", Math.Max(firstIndex, _reader.Index - first.Length - 1 - last.Length));
            items.Add(SetItem.Range(low.First, high.First));
        }

        return new CharacterSet(index, negated, items.DrainToImmutable());
    }

    private string TakeSetUnit(int setIndex)
    {
        string unit = _reader.Take();
        if (unit.Length == 0) _reader.Fail("unterminated character set", setIndex);
        return unit;
    }

    private SetItem ParseSetItem(string unit, int index) => unit[0] == '\\' ? ParseSetEscape(unit, index) : SetItem.Single(CodePoint(unit, 0));
}
