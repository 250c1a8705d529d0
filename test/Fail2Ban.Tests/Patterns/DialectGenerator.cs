using System.Text;

namespace Fail2Ban.Tests.Patterns;

/// <summary>Makes patterns of Python's dialect, each with a text that it probably matches, and counts what it used.</summary>
internal sealed class DialectGenerator(int seed)
{
    private static readonly string[] Plain = ["a", "b", "c", "k", "s", "i", "1", " ", "x"];
    private static readonly string[] NonAscii = ["é", "ß", "ı", "İ", "ſ", "K", "٣", "²", "Ⅷ", "\u00a0", "\u2003", "😀", "ﬆ", "\u0301", "‿", "σ", "ς"];
    private static readonly string[] Punctuation = ["\"", "'", "(", ")", "*", "+", ",", "-", ".", "/", ":", ";", "<", "=", ">", "?", "[", "]", "{", "}", "|", "_", "#"];

    // Each piece that Python refuses, in any surroundings or in most.
    private static readonly string[] Refused =
    [
        @"\h", @"\Q", @"\z", @"\pL", @"\K", @"\G", @"\C", @"\l", @"\y", @"\x{41}", @"\xA", @"\u12", @"\400", @"\8", @"[\A]", @"[\8]", "(?<n>a)", "(?'n'a)",
        "(?|a)", "(?R)", "(?1)", "(?&n)", "(?P>n)", "(?C)", "(*UTF)", "(*NO_JIT)", "(?<=a|bc)", "(?<!a*)", "(?P<d>a)(?P<d>b)", "(?P<a-b>c)", "(?P<1>c)",
        "(?P=nope)", "(?(nope)a)", "(?(9)a)", "(a)(?(1)b|c|d)", "^*", @"\b+", "$*", "a**", "a{1}{2}", "a{3,2}", "[z-a]", @"[a-\d]", @"[\d-x]", "[a--b]",
        "(", ")", "[", "a(?i)b", "(?iy)", "(?L)", "(?au)", "(?-u:a)", "(?i-i:a)", @"(q\9)", "(?#", "(?P", "(?", "(?P<", "\\",
    ];

    private readonly Random _random = new(seed);
    private readonly List<(string? Name, string Sample)> _groups = [];

    internal Dictionary<string, int> Counts { get; } = [];

    /// <summary>A pattern, what it is to be searched in, and between which characters.</summary>
    internal sealed record Question(string Pattern, string Subject, bool MultiLine, int Start, int End);

    internal Question Next()
    {
        _groups.Clear();
        (string pattern, string sample) = Alternatives(3);
        string head = Chance(4) ? Pick("head flags", "(?i)", "(?iu)", "(?a)", "(?ia)", "(?x)", "(?s)", "(?m)", "(?i)(?s)", "(?u)") : "";
        pattern = head + pattern;
        if (head.Contains('i', StringComparison.Ordinal) && Chance(2)) sample = Chance(2) ? sample.ToUpperInvariant() : sample.ToLowerInvariant();
        if (Chance(9)) pattern = Count("refused", pattern.Insert(Cut(pattern), Refused[_random.Next(Refused.Length)]));
        else if (Chance(9)) pattern = Count("damaged", Damage(pattern));

        string subject = Chance(5) ? Noise() + Noise() : (Chance(2) ? Noise() : "") + sample + (Chance(2) ? Noise() : "");
        if (Chance(3)) subject += "\n";
        int length = subject.EnumerateRunes().Count();
        (int start, int end) = Chance(7) ? (_random.Next(length + 1), _random.Next(length + 1)) : (0, length);
        return new Question(pattern, subject, Chance(5), Math.Min(start, end), Math.Max(start, end));
    }

    private (string Pattern, string Sample) Alternatives(int depth)
    {
        (string Pattern, string Sample) first = Run(depth);
        if (!Chance(5)) return first;
        if (Chance(4)) return (Count("empty alternative", first.Pattern + "|"), Chance(2) ? "" : first.Sample);
        (string Pattern, string Sample) second = Run(depth);
        Count("alternation", "");
        return ($"{first.Pattern}|{second.Pattern}", Chance(2) ? first.Sample : second.Sample);
    }

    private (string Pattern, string Sample) Run(int depth)
    {
        var pattern = new StringBuilder();
        var sample = new StringBuilder();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            (string piece, string text) = Chance(5) ? (Anchor(), "") : Repeated(depth);
            pattern.Append(piece);
            sample.Append(text);
        }

        return (pattern.ToString(), sample.ToString());
    }

    private string Anchor() => _random.Next(8) switch
    {
        0 => Count("^", "^"),
        1 => Count("$", "$"),
        2 => Count(@"\A", @"\A"),
        3 => Count(@"\Z", @"\Z"),
        4 or 5 => Count(@"\b", @"\b"),
        6 => Count(@"\B", @"\B"),
        _ => Count("comment", "(?#a[b)"),
    };

    private (string Pattern, string Sample) Repeated(int depth)
    {
        bool group = depth > 0 && Chance(2);
        (string pattern, string sample) = group ? Group(depth - 1) : Character();
        if (pattern.Length == 0 || !Chance(3)) return (pattern, sample);
        int times = _random.Next(0, 3);
        string quantifier = _random.Next(8) switch
        {
            0 => Count("*", "*"),
            1 => Count("+", "+"),
            2 => Count("?", "?"),
            3 => Count("{n}", $"{{{times}}}"),
            4 => Count("{n,}", $"{{{times},}}"),
            5 => Count("{n,m}", $"{{{times},{times + 2}}}"),
            6 => Count("{,n}", $"{{,{times + 1}}}"),
            _ => Count("{,}", "{,}"),
        };
        int least = quantifier is "+" ? 1 : quantifier is "?" ? 0 : times;

        // Python before 3.11.5 goes wrong where what a possessive quantifier repeats has choices (gh-106052).
        quantifier += _random.Next(6) switch { 0 => Count("lazy", "?"), 1 when !group => Count("possessive", "+"), _ => "" };
        return (pattern + quantifier, string.Concat(Enumerable.Repeat(sample, least)));
    }

    private (string Pattern, string Sample) Group(int depth)
    {
        switch (_random.Next(17))
        {
            case 0 or 1: return Capture(null, depth);
            case 2: return Capture($"n{_groups.Count}_é{new string('x', Chance(3) ? 40 : 0)}", depth);
            case 3: return Wrap("(?:)", "(?:", depth);
            case 4: return Wrap("(?>)", "(?>", depth);
            case 5: return Scoped("(?i:)", Pick("(?i:)", "(?i:", "(?is:", "(?i-s:"), depth, upper: true);
            case 6: return Scoped("(?-i:)", Pick("(?-i:)", "(?-i:", "(?-ix:", "(?s-i:"), depth, upper: false);
            case 7: return Wrap("(?s:)", "(?s:", depth);
            case 8: return Wrap("(?m:)", "(?m:", depth);
            case 9: return Wrap("(?a:)", Pick("(?a:)", "(?a:", "(?ai:", "(?u:"), depth);
            case 10: return Wrap("(?x:)", "(?x: # b\n", depth);
            case 11: return Look(depth);
            case 12: return LookBehind();
            case 13: return Conditional(depth);
            case 14: return PossessiveGroup();
            default: return Reference(depth);
        }
    }

    private (string Pattern, string Sample) PossessiveGroup()
    {
        string letter = Plain[_random.Next(Plain.Length)];
        _groups.Add((null, letter + letter));
        return (Count("possessive group", $"({letter}{letter}){Choose("*", "+", "?", "{1,2}", "{,2}")}+"), letter + letter);
    }

    private (string Pattern, string Sample) Capture(string? name, int depth)
    {
        int index = _groups.Count;
        _groups.Add((name, "\0"));
        (string pattern, string sample) = Alternatives(depth);
        _groups[index] = (name, sample);
        Count(name is null ? "( )" : "(?P<>)", "");
        return ($"({(name is null ? "" : $"?P<{name}>")}{pattern})", sample);
    }

    private (string Pattern, string Sample) Wrap(string construct, string head, int depth)
    {
        (string pattern, string sample) = Alternatives(depth);
        return (Count(construct, $"{head}{pattern})"), sample);
    }

    private (string Pattern, string Sample) Scoped(string construct, string head, int depth, bool upper)
    {
        (string pattern, string sample) = Wrap(construct, head, depth);
        return (pattern, upper && Chance(2) ? sample.ToUpperInvariant() : sample);
    }

    private (string Pattern, string Sample) Look(int depth)
    {
        (string pattern, string sample) = Run(depth);
        return Chance(2) ? (Count("(?=)", $"(?={pattern}){pattern}"), sample) : (Count("(?!)", $"(?!{pattern}x)"), "");
    }

    private (string Pattern, string Sample) LookBehind()
    {
        (string one, string first) = Character();
        (string two, string _) = Character();
        if (Chance(2)) return (Count("(?<=)", $"{one}(?<={one}|{two})"), first);
        return (Count("(?<!)", $"(?<!{one}{(Chance(2) ? "{2}" : "")})"), "");
    }

    private (string Pattern, string Sample) Reference(int depth)
    {
        int index = _groups.Count == 0 ? -1 : _random.Next(_groups.Count);
        if (index < 0 || (_groups[index].Sample == "\0" && !Chance(10))) return Capture(null, depth);
        (string? name, string sample) = _groups[index];
        string text = sample == "\0" ? "" : sample;
        return name is null ? (Count(@"\1", $@"\{index + 1}(?:)"), text) : (Count("(?P=)", $"(?P={name})"), text);
    }

    private (string Pattern, string Sample) Conditional(int depth)
    {
        if (_groups.Count == 0) return Capture(null, depth);
        int index = _random.Next(_groups.Count);
        string condition = _groups[index].Name is { } name && Chance(2) ? name : $"{index + 1}";
        (string yes, string sample) = Run(depth);
        if (Chance(3)) return (Count("(?()yes)", $"(?({condition}){yes})"), sample);
        return Chance(3) ? (Count("(?()yes|)", $"(?({condition}){yes}|)"), sample) : (Count("(?()yes|no)", $"(?({condition}){yes}|{Run(depth).Pattern})"), sample);
    }

    private (string Pattern, string Sample) Character()
    {
        string letter = Plain[_random.Next(Plain.Length)];
        switch (_random.Next(24))
        {
            case 0: return (Count(".", "."), letter);
            case 1: return (Count(@"\d", @"\d"), Choose("1", "٣"));
            case 2: return (Count(@"\D", @"\D"), letter);
            case 3: return (Count(@"\s", @"\s"), Choose(" ", "\t", "\v", "\u001c", "\u0085", "\u2003"));
            case 4: return (Count(@"\S", @"\S"), letter);
            case 5: return (Count(@"\w", @"\w"), Choose(letter, "é", "²"));
            case 6: return (Count(@"\W", @"\W"), Choose("-", " ", "\u0301"));
            case 7: return (Count("[…]", $"[{letter}-{letter}{Choose(@"\d", @"\s", @"\w", "", "é", @"\S", @"\W", @"\D")}]"), letter);
            case 8: return (Count("[^…]", $"[^{letter}{Choose(@"\d", @"\s", @"\w", "", "é", @"\S", @"\W", "k-s")}]"), Choose("-", "z", "\n"));
            case 9:
                return Count("odd sets", "") is not null && Chance(2) ? (Choose("[]a]", "[[:alpha:]]", "[a&&b]", @"[\w-]", "[[=a=]]", "[a||b]"), Choose("a", ":]", "-"))
                    : (Choose("[^]x]", "[^[]", @"[\b]", @"[\-\]^]", "[.-a]", @"[\x00-\x7f]", "[é-ﬆ]", @"[\ud800-\udfffa]"), Choose("a", "[", "\b", "^"));
            case 10: return (Count(@"\xHH", $@"\x{(int)letter[0]:x2}"), letter);
            case 11: return (Count(@"\uXXXX", Choose(@"\u0061", @"\u00e9", @"\u212A")), Choose("a", "é", "k"));
            case 12: return (Count(@"\UXXXXXXXX", Choose(@"\U00000061", @"\U0001F600")), Choose("a", "😀"));
            case 13: return (Count("octal", Choose(@"\101", @"\0(?:)", @"\01(?:)", @"\141")), Choose("A", "\0", "\u0001", "a"));
            case 14: return (Count("control escapes", Choose(@"\n", @"\t", @"\v", @"\f", @"\a", @"\r")), Choose("\n", "\t", "\v", "\f", "\a", "\r"));
            case 15 or 16:
                string sign = NonAscii[_random.Next(NonAscii.Length)];
                return (Count("non-ASCII literal", (Chance(4) ? @"\" : "") + sign), sign);
            case 17:
                string mark = Punctuation[_random.Next(Punctuation.Length)];
                return (Count("escaped punctuation", @"\" + mark), mark);
            case 18: return Count("literal brace", "") is not null && Chance(2) ? ("{", "{") : (Choose("}", "{}", "{a}", "{1,x}", @"\{,3}", "[{,3}]"), Choose("}", "{}", "{a}", "{,3}"));
            default: return (Count("literal", letter), letter);
        }
    }

    private string Noise() => string.Concat(Enumerable.Range(0, _random.Next(0, 4)).Select(_ =>
        _random.Next(10) switch { 0 => NonAscii[_random.Next(NonAscii.Length)], 1 => "\n", 2 => Punctuation[_random.Next(Punctuation.Length)], _ => Plain[_random.Next(Plain.Length)] }));

    private string Damage(string pattern)
    {
        int at = Cut(pattern);
        if (Chance(2) && at < pattern.Length && !char.IsSurrogate(pattern[at])) return pattern.Remove(at, 1);
        return pattern.Insert(at, Choose("(", ")", "[", "]", "{", "*", "+", "?", "|", "\\", "^", "-", "(?", "(?P", ":", "<", ">", "#", " "));
    }

    // A place that does not part a surrogate pair.
    private int Cut(string pattern)
    {
        int at = _random.Next(pattern.Length + 1);
        return at < pattern.Length && char.IsLowSurrogate(pattern[at]) ? at - 1 : at;
    }

    private string Pick(string construct, params string[] texts) => Count(construct, Choose(texts));

    private string Choose(params string[] texts) => texts[_random.Next(texts.Length)];

    private string Count(string construct, string text)
    {
        Counts[construct] = Counts.GetValueOrDefault(construct) + 1;
        return text;
    }

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
