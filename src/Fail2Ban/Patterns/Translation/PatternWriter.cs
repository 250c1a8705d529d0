using System.Globalization;
using System.Text;
using Fail2Ban.Native.Pcre2;
using Fail2Ban.Patterns.Syntax;

namespace Fail2Ban.Patterns.Translation;

/// <summary>Writes a pattern in PCRE2's syntax; what differs between the two compiled forms is left to them.</summary>
/// <remarks>
/// Groups keep their numbers and lose their names, so that PCRE2's rules for names do not count. Nothing that the user
/// wrote is copied: each piece is written anew and punctuation always escaped, so <c>(*VERB)</c> cannot arise.
/// </remarks>
internal abstract class PatternWriter
{
    // The quantifier limit of PCRE2.
    private const int MaximumRepeat = 65535;

    private readonly List<(int Offset, int Index)> _origins = [];

    /// <summary>ASCII only.</summary>
    protected StringBuilder Output { get; } = new(1024);

    /// <summary>What PCRE2 is told beside the options that follow from flags.</summary>
    protected abstract Pcre2Options BaseOptions { get; }

    internal TranslatedPattern Write(PatternTree tree)
    {
        Pcre2Options options = BaseOptions | Pcre2Options.AltCircumflex;
        if (IsCaseless(tree.GlobalFlags)) options |= Pcre2Options.Caseless;
        if (tree.GlobalFlags.HasFlag(Flags.MultiLine)) options |= Pcre2Options.MultiLine;
        if (tree.GlobalFlags.HasFlag(Flags.DotAll)) options |= Pcre2Options.DotAll;
        Write(tree.Root, tree.GlobalFlags);
        return new TranslatedPattern(Encoding.ASCII.GetBytes(Output.ToString()), options, _origins);
    }

    /// <summary>Whether PCRE2's own caseless matching is used.</summary>
    protected abstract bool IsCaseless(Flags flags);

    /// <summary>Writes one item that can be repeated.</summary>
    protected abstract void WriteLiteral(int codePoint, Flags flags);

    /// <summary>Writes one item that can be repeated.</summary>
    protected abstract void WriteSet(CharacterSet set, Flags flags);

    /// <summary>Writes <c>\b</c>; also what <c>\B</c> negates.</summary>
    protected abstract void WriteWordBoundary(bool negated, Flags flags);

    /// <summary>Writes one character so that it stands for itself in and outside brackets.</summary>
    protected void WriteCharacter(int codePoint)
    {
        if (codePoint < 0x7f && char.IsAsciiLetterOrDigit((char)codePoint)) Output.Append((char)codePoint);
        else if (codePoint is >= ' ' and < 0x7f) Output.Append('\\').Append((char)codePoint);
        else Output.Append(CultureInfo.InvariantCulture, $@"\x{{{codePoint:x}}}");
    }

    protected void WriteRange(int first, int last)
    {
        WriteCharacter(first);
        if (last > first + 1) Output.Append('-');
        if (last > first) WriteCharacter(last);
    }

    private void Write(Node node, Flags flags)
    {
        _origins.Add((Output.Length, node.Index));
        switch (node)
        {
            case Literal literal: WriteLiteral(literal.CodePoint, flags); break;
            case AnyCharacter: Output.Append('.'); break;
            case CharacterSet set: WriteSet(set, flags); break;
            case Anchor anchor: WriteAnchor(anchor.Kind, flags); break;
            case Sequence sequence:
                foreach (Node item in sequence.Items) Write(item, flags);
                break;
            case Alternation alternation: WriteBranches(alternation, flags); break;
            case Capture capture: WriteGroup("(", capture.Body, flags); break;
            case PlainGroup group: WriteGroup(Head(flags, group.Inside(flags)), group.Body, group.Inside(flags)); break;
            case Atomic atomic: WriteGroup("(?>", atomic.Body, flags); break;
            case Look look: WriteGroup((look.Behind, look.Negative) switch { (false, false) => "(?=", (false, true) => "(?!", (true, false) => "(?<=", _ => "(?<!" }, look.Body, flags); break;
            case Repeat { Mode: RepeatMode.Possessive, Body: not (Literal or CharacterSet or AnyCharacter or Atomic) } repeat:
                // Python gives back nothing of a single pass either; PCRE2 would.
                WriteGroup("(?>", repeat.Body, flags);
                WriteQuantifier(repeat);
                break;
            case Repeat repeat:
                Write(repeat.Body, flags);
                WriteQuantifier(repeat);
                break;
            case BackReference reference: Output.Append(CultureInfo.InvariantCulture, $@"\g{{{reference.Number}}}"); break;
            case Conditional conditional: WriteConditional(conditional, flags); break;
        }
    }

    private void WriteAnchor(AnchorKind kind, Flags flags)
    {
        switch (kind)
        {
            case AnchorKind.LineStart: Output.Append('^'); break;
            case AnchorKind.LineEnd: Output.Append('$'); break;
            case AnchorKind.TextStart: Output.Append(@"\A"); break;
            case AnchorKind.TextEnd: Output.Append(@"\z"); break;
            case AnchorKind.WordBoundary: WriteWordBoundary(negated: false, flags); break;
            case AnchorKind.NotWordBoundary:
                // Until 3.14 Python finds no \B in the empty text either.
                Output.Append(@"(?!\A\z)");
                WriteWordBoundary(negated: true, flags);
                break;
        }
    }

    private void WriteBranches(Alternation alternation, Flags flags)
    {
        for (int i = 0; i < alternation.Branches.Length; i++)
        {
            if (i > 0) Output.Append('|');
            Write(alternation.Branches[i], flags);
        }
    }

    private void WriteGroup(string head, Node body, Flags flags)
    {
        Output.Append(head);
        Write(body, flags);
        Output.Append(')');
    }

    private void WriteConditional(Conditional conditional, Flags flags)
    {
        Output.Append(CultureInfo.InvariantCulture, $"(?({conditional.Number})");
        Write(conditional.Yes, flags);
        if (conditional.No is not null)
        {
            Output.Append('|');
            Write(conditional.No, flags);
        }

        Output.Append(')');
    }

    private string Head(Flags outside, Flags inside)
    {
        if (outside == inside) return "(?:";
        (string before, string after) = (Letters(outside), Letters(inside));
        string add = string.Concat(after.Except(before)), remove = string.Concat(before.Except(after));
        return $"(?{add}{(remove.Length > 0 ? "-" : "")}{remove}:";
    }

    private string Letters(Flags flags) =>
        (IsCaseless(flags) ? "i" : "") + (flags.HasFlag(Flags.MultiLine) ? "m" : "") + (flags.HasFlag(Flags.DotAll) ? "s" : "");

    private void WriteQuantifier(Repeat repeat)
    {
        long minimum = Math.Min(repeat.Minimum, MaximumRepeat);
        bool unbounded = repeat.Maximum > MaximumRepeat;
        string quantifier = (minimum, unbounded, repeat.Maximum) switch
        {
            (0, true, _) => "*",
            (1, true, _) => "+",
            (0, false, 1) => "?",
            (_, true, _) => $"{{{minimum},}}",
            _ when minimum == repeat.Maximum => $"{{{minimum}}}",
            _ => $"{{{minimum},{repeat.Maximum}}}",
        };
        Output.Append(quantifier).Append(repeat.Mode switch { RepeatMode.Lazy => "?", RepeatMode.Possessive => "+", _ => "" });
    }
}
