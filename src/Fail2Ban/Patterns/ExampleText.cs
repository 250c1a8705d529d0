using System.Text;
using Fail2Ban.Patterns.Syntax;
using Fail2Ban.Patterns.Translation;

namespace Fail2Ban.Patterns;

/// <summary>Writes a text that a pattern should match. What looks ahead or behind is not heeded, so that has to be tried.</summary>
internal sealed class ExampleText
{
    // What stands for a character: the first of these that a set takes.
    private const string Preferred = "a1A -_.:/[](){}<>'\"=,;\t";

    private readonly StringBuilder _text = new();
    private readonly Dictionary<int, string> _groups = [];
    private readonly IReadOnlyDictionary<int, string> _given;
    private readonly bool _isFull;

    private ExampleText(IReadOnlyDictionary<int, string> given, bool isFull)
    {
        _given = given;
        _isFull = isFull;
    }

    /// <summary>An example.</summary>
    /// <param name="tree">The pattern.</param>
    /// <param name="given">What certain groups, by number, are to hold.</param>
    /// <param name="isFull">Whether optional parts are written.</param>
    internal static string Of(PatternTree tree, IReadOnlyDictionary<int, string> given, bool isFull)
    {
        var example = new ExampleText(given, isFull);
        example.Write(tree.Root, tree.GlobalFlags);
        return example._text.ToString();
    }

    private void Write(Node node, Flags flags)
    {
        switch (node)
        {
            case Literal literal: _text.Append(new Rune(literal.CodePoint).ToString()); break;
            case AnyCharacter: _text.Append('a'); break;
            case CharacterSet set: _text.Append(Member(AsciiSets.Of(set, flags))); break;
            case Sequence sequence:
                foreach (Node item in sequence.Items) Write(item, flags);
                break;
            case Alternation alternation: Write(alternation.Branches[0], flags); break;
            case Capture capture: WriteCapture(capture, flags); break;
            case PlainGroup group: Write(group.Body, group.Inside(flags)); break;
            case Atomic atomic: Write(atomic.Body, flags); break;
            case Repeat repeat:
                long times = Math.Max(repeat.Minimum, _isFull && repeat.Maximum > 0 ? 1 : 0);
                for (long i = 0; i < Math.Min(times, 64); i++) Write(repeat.Body, flags);
                break;
            case BackReference reference: _text.Append(_groups.GetValueOrDefault(reference.Number)); break;
            case Conditional conditional:
                if (_groups.ContainsKey(conditional.Number)) Write(conditional.Yes, flags);
                else if (conditional.No is not null) Write(conditional.No, flags);
                break;
        }
    }

    private void WriteCapture(Capture capture, Flags flags)
    {
        int start = _text.Length;
        if (_given.TryGetValue(capture.Number, out string? text)) _text.Append(text);
        else Write(capture.Body, flags);
        _groups[capture.Number] = _text.ToString(start, _text.Length - start);
    }

    private static char Member(UInt128 members)
    {
        foreach (char each in Preferred)
            if (((members >> each) & 1) != 0) return each;
        return members == 0 ? '\u00e9' : (char)(int)UInt128.TrailingZeroCount(members);
    }
}
