using System.Collections.Immutable;

namespace Fail2Ban.Tags;

/// <summary>A command for <c>/bin/sh -c</c> with the values that it must not interpret.</summary>
/// <param name="Text">The text after <c>-c</c>.</param>
/// <param name="Arguments"><c>$0</c>, <c>$1</c>, …; empty where no value needed it.</param>
public sealed record ShellText(string Text, ImmutableArray<string> Arguments);
