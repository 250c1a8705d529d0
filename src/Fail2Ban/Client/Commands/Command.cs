namespace Fail2Ban.Client.Commands;

/// <summary>One command line that the client takes.</summary>
/// <param name="Words">
/// Its grammar: words and <c>&lt;VALUES&gt;</c> between blanks, <c>|</c> between alternatives, <c>[…]</c> around what may be
/// left out, <c>...</c> behind what may be repeated.
/// </param>
/// <param name="Help">What it does, one sentence without its full stop.</param>
internal sealed record Command(string Words, string Help)
{
    /// <summary>The grammar, read.</summary>
    internal IReadOnlyList<WordRule> Rules { get; } = WordRule.Parse(Words);
}

/// <summary>Commands that belong together.</summary>
/// <param name="Title">Their heading.</param>
/// <param name="Commands">In the order in which help shows them.</param>
internal sealed record CommandSection(string Title, IReadOnlyList<Command> Commands);
