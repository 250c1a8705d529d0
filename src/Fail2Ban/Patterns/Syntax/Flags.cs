namespace Fail2Ban.Patterns.Syntax;

/// <summary>Python's flags as far as they change what a pattern matches; <c>u</c> is the absence of <see cref="Ascii"/>.</summary>
[Flags]
internal enum Flags
{
    None = 0,
    IgnoreCase = 1,
    MultiLine = 2,
    DotAll = 4,
    Verbose = 8,
    Ascii = 16,

    /// <summary>The letter <c>u</c> as written: it clears <see cref="Ascii"/> in a group, and contradicts it at the head.</summary>
    Unicode = 32,
}
