using Fail2Ban.Configuration;

namespace Fail2Ban.Client.Commands;

/// <summary>Follows words through the grammars of all commands: what may come next, and where a wrong command went wrong.</summary>
internal static class CommandGrammar
{
    // What people try first, and what it is called here.
    private static readonly Dictionary<string, string> Meant = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ban"] = "set <JAIL> banip <IP>",
        ["banip"] = "set <JAIL> banip <IP>",
        ["unbanip"] = "unban <IP>",
        ["list"] = "status",
        ["jails"] = "status",
        ["show"] = "status",
        ["info"] = "status",
        ["enable"] = "start <JAIL>",
        ["disable"] = "stop <JAIL>",
        ["test"] = "--test",
        ["check"] = "--test",
        ["dump"] = "-d",
        ["log"] = "get logtarget",
        ["logs"] = "get logtarget",
        ["shutdown"] = "stop",
        ["quit"] = "stop",
        ["exit"] = "stop",
        ["ignore"] = "set <JAIL> addignoreip <IP>",
        ["ignoreip"] = "set <JAIL> addignoreip <IP>",
        ["whitelist"] = "set <JAIL> addignoreip <IP>",
    };

    // One way through one command: the rule at which the next word stands.
    private readonly record struct Place(Command Command, int Rule)
    {
        public bool IsAtEnd => Rule >= Command.Rules.Count;

        public WordRule Next => Command.Rules[Rule];
    }

    /// <summary>What may follow some words.</summary>
    /// <returns>Words with the help of their command, and names of values.</returns>
    internal static (IReadOnlyList<(string Word, string Help)> Literals, IReadOnlyList<string> Values) After(IReadOnlyList<string> words)
    {
        List<Place> places = Follow(words, out int understood);
        if (understood < words.Count) return ([], []);
        List<(Place Place, WordRule Rule)> next = [.. places.SelectMany(Options)];
        return (
            [.. next.SelectMany(one => one.Rule.Literals.Select(word => (Word: word, Help: HelpOf(one.Place)))).GroupBy(one => one.Word).Select(group => group.Count() == 1 ? group.First() : (group.Key, ""))],
            [.. next.SelectMany(one => one.Rule.Values).Distinct()]);
    }

    /// <summary>What a command that the server does not know was probably meant to be.</summary>
    /// <param name="words">The command.</param>
    /// <param name="jails">Names of the jails that there are.</param>
    /// <returns>A whole command line; null if nothing is near, or nothing is wrong with the words.</returns>
    internal static string? Near(IReadOnlyList<string> words, IReadOnlyList<string> jails)
    {
        if (words.Count == 0) return null;
        if (Misread(words, jails) is { } better) return better;
        List<Place> places = Follow(words, out int understood);
        if (understood == words.Count) return places.Exists(place => place.IsAtEnd || place.Next.MayEnd) ? null : Usage(places[0], words);
        string wrong = words[understood];
        List<WordRule> expected = [.. places.SelectMany(Options).Select(option => option.Rule)];
        List<string> candidates = [.. expected.SelectMany(rule => rule.Literals).Distinct()];
        if (understood == 1 && words[0] is "get" or "set") candidates.AddRange(jails);
        string? right = candidates.Contains(wrong.ToLowerInvariant()) ? wrong.ToLowerInvariant()
            : understood == 0 && Meant.TryGetValue(wrong, out string? meant) ? meant
            : candidates.Find(word => wrong.Length > 2 && word.StartsWith(wrong, StringComparison.Ordinal))
            ?? NearNames.Find(wrong, candidates)
            ?? candidates.Find(word => wrong.Length > 2 && word.Contains(wrong, StringComparison.Ordinal));
        if (right is null) return places.Exists(place => place.IsAtEnd) ? string.Join(' ', words.Take(understood)) : null;
        // What people try first has its own words behind it.
        return right.Contains(' ', StringComparison.Ordinal) ? right : string.Join(' ', [.. words.Take(understood), right, .. words.Skip(understood + 1)]);
    }

    /// <summary>How many of the words make a whole command, where there are more of them than any takes; otherwise null.</summary>
    internal static int? WholeLength(IReadOnlyList<string> words) =>
        Follow(words, out int understood).Exists(place => place.IsAtEnd) && understood > 0 && understood < words.Count ? understood : null;

    /// <summary>"get loglevl" reads as if it were about a jail of that name; where there is none, a near word or jail was meant.</summary>
    /// <param name="words">The command.</param>
    /// <param name="jails">Names of the jails that there are.</param>
    /// <returns>The command with that word; null where none is near.</returns>
    internal static string? Misread(IReadOnlyList<string> words, IReadOnlyList<string> jails)
    {
        if (words is not ["get" or "set", var name, ..] || jails.Contains(name)) return null;
        List<string> candidates = [.. After([words[0]]).Literals.Select(one => one.Word)];
        if (candidates.Contains(name)) return null;
        string? meant = NearNames.Find(name, [.. candidates, .. jails]);
        return meant is null ? null : string.Join(' ', [words[0], meant, .. words.Skip(2)]);
    }

    // The ways that lead through as many of the words as possible, and how many those are.
    private static List<Place> Follow(IReadOnlyList<string> words, out int understood)
    {
        List<Place> places = [.. CommandTable.All.Select(command => new Place(command, 0))];
        for (understood = 0; understood < words.Count; understood++)
        {
            string word = words[understood];
            List<(Place Place, WordRule Rule)> options = [.. places.SelectMany(Options)];
            // A word of the grammar is no value: "get loglevel" is not about a jail of that name.
            List<(Place Place, WordRule Rule)> fits = options.FindAll(option => option.Rule.Literals.Contains(word));
            if (fits.Count == 0 && !word.StartsWith("--", StringComparison.Ordinal)) fits = options.FindAll(option => option.Rule.Values.Count > 0);
            if (fits.Count == 0) break;
            places = [.. fits.SelectMany(Behind).Distinct()];
        }

        return places;
    }

    // Options in brackets may be passed over, so several rules may hold at one place.
    private static IEnumerable<(Place Place, WordRule Rule)> Options(Place place)
    {
        for (; !place.IsAtEnd; place = place with { Rule = place.Rule + 1 })
        {
            yield return (place, place.Next);
            if (!place.Next.MaySkip) break;
        }
    }

    // Options may come in any order, so one leads back to the first of them.
    private static IEnumerable<Place> Behind((Place Place, WordRule Rule) fit)
    {
        int first = fit.Place.Rule;
        if (fit.Rule.MaySkip)
        {
            while (first > 0 && fit.Place.Command.Rules[first - 1].MaySkip) first--;
            return [fit.Place with { Rule = first }];
        }

        Place next = fit.Place with { Rule = first + 1 };
        return fit.Rule.Repeats ? [fit.Place, next] : [next];
    }

    private static string HelpOf(Place place) => place.Rule == 0 && place.Command.Rules.Count > 2 ? "" : place.Command.Help;

    private static string Usage(Place place, IReadOnlyList<string> words) =>
        string.Join(' ', [.. words, .. place.Command.Words.Split(' ').Skip(place.Rule)]);
}
