namespace Fail2Ban.Reference;

/// <summary>One page, for man(1) or for <c>docs/reference</c>. Texts mark what is typed as it stands by backticks.</summary>
/// <param name="Name">Of the program or file that it is about; the title.</param>
/// <param name="Summary">What that is, in half a sentence.</param>
/// <param name="Sections">In order.</param>
internal sealed record Page(string Name, string Summary, IReadOnlyList<PageSection> Sections);

/// <summary>A part of a page.</summary>
/// <param name="Title">In lower case but for its first letter.</param>
/// <param name="Blocks">In order.</param>
internal sealed record PageSection(string Title, IReadOnlyList<Block> Blocks);

/// <summary>Something that stands by itself.</summary>
internal abstract record Block;

/// <summary>Sentences.</summary>
internal sealed record Paragraph(string Text) : Block;

/// <summary>A heading within a section.</summary>
internal sealed record Heading(string Text) : Block;

/// <summary>Lines that are shown as they are.</summary>
internal sealed record Example(string Text) : Block;

/// <summary>Things with what is to be said of each.</summary>
/// <param name="Kind">What they are, one word, and what the second column tells.</param>
/// <param name="Items">A head, typed as it stands but for <c>&lt;VALUES&gt;</c>, and its text.</param>
internal sealed record Entries((string Head, string Text) Kind, IReadOnlyList<(string Head, string Text)> Items) : Block;
