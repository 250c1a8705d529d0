using System.Text;
using Fail2Ban.Enforcement.Firewall;
using Fail2Ban.Tags;

namespace Fail2Ban.Enforcement.Actions;

/// <summary>A command whose static tags are replaced; what depends on the ban is not.</summary>
/// <param name="Text">The text with dynamic tags; empty where the action does not define it.</param>
/// <param name="Error">Why the properties cannot be resolved; null otherwise.</param>
/// <param name="Elements">What it means where it is one plain element command of nft; null otherwise.</param>
/// <param name="Batch">What it means where it is one plain command of iptables or ipset; null otherwise.</param>
internal sealed record ActionCommand(string Text, string? Error, NftElements? Elements, BatchCommand? Batch = null)
{
    // Given by users statically (in a parameter), these would otherwise be the only unescaped text from a log.
    private static readonly HashSet<string> Escaped = ["matches", "ipmatches", "ipjailmatches"];

    /// <summary>Whether there is nothing to run.</summary>
    public bool IsBlank => Error is null && string.IsNullOrWhiteSpace(Text);

    /// <summary>Replaces the static tags.</summary>
    /// <param name="name">The property that holds the command.</param>
    /// <param name="family">Prefers <c>NAME?family=…</c>; empty for none.</param>
    /// <param name="values">All properties.</param>
    /// <param name="host">Values of tags that are no property; null where it has none.</param>
    public static ActionCommand Resolve(string name, string family, OrderedDictionary<string, object?> values, Func<string, string?> host)
    {
        var texts = new OrderedDictionary<string, string>();
        foreach ((string key, object? value) in values)
        {
            // <bantime> stays that of the ban, whatever a parameter of this name says.
            if (value is null || key == "bantime" || ActionProperties.IsHidden(key)) continue;
            string text = ActionProperties.Text(value);
            texts[key] = Escaped.Contains(key) ? Escape(text) : text;
        }

        string? condition = family.Length == 0 ? null : "family=" + family;
        string wanted = condition is not null && texts.ContainsKey($"{name}?{condition}") ? $"{name}?{condition}" : name;
        string? error = RecursiveTags.Substitute(texts, condition, null, host);
        if (error is not null) return new ActionCommand("", error, null);

        string result = texts.GetValueOrDefault(wanted, "");
        return new ActionCommand(
            result,
            null,
            NftElements.TryParse(result, out NftElements? elements) ? elements : null,
            BatchCommand.TryParse(result, out BatchCommand? batch) ? batch : null);
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (char letter in text)
        {
            if ("\\#&;`|*?~<>^()[]{}$'\"".Contains(letter, StringComparison.Ordinal)) escaped.Append('\\').Append(letter);
            else if (letter is '\n' or '\r') escaped.Append(letter == '\n' ? "\\n" : "\\r");
            else escaped.Append(letter);
        }

        return escaped.ToString();
    }
}
