namespace Fail2Ban.Client.Commands;

/// <summary>What may stand at one place of a command.</summary>
/// <param name="Literals">Words as they are.</param>
/// <param name="Values">Names of values that may stand there, without their angle brackets.</param>
/// <param name="MayEnd">The command may end before this word.</param>
/// <param name="MaySkip">An option such as <c>[--unban]</c>: the next word may stand in its place.</param>
/// <param name="Repeats">The word may be given again.</param>
internal sealed record WordRule(IReadOnlyList<string> Literals, IReadOnlyList<string> Values, bool MayEnd, bool MaySkip, bool Repeats)
{
    /// <summary>Reads a grammar as <see cref="Command"/> describes it.</summary>
    internal static IReadOnlyList<WordRule> Parse(string grammar)
    {
        var rules = new List<WordRule>();
        int depth = 0;
        foreach (string part in grammar.Split(' '))
        {
            depth += part.TakeWhile(letter => letter == '[').Count();
            string text = part.Trim('[', ']');
            bool repeats = text.EndsWith("...", StringComparison.Ordinal);
            if (repeats) text = text[..^3].TrimEnd(']');
            string[] alternatives = text.Split('|');
            bool isOption = depth > 0 && alternatives is [['-', '-', ..]];
            rules.Add(new WordRule(
                [.. alternatives.Where(word => word[0] != '<')],
                [.. alternatives.Where(word => word[0] == '<').Select(word => word.Trim('<', '>'))],
                MayEnd: depth > 0,
                MaySkip: isOption && part.EndsWith(']'),
                repeats));
            depth -= part.Reverse().SkipWhile(letter => letter == '.').TakeWhile(letter => letter == ']').Count();
        }

        return rules;
    }
}
