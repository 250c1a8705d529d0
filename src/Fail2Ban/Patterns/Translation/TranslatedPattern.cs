using Fail2Ban.Native.Pcre2;

namespace Fail2Ban.Patterns.Translation;

/// <summary>A pattern as PCRE2 is given it.</summary>
/// <param name="Text">ASCII throughout.</param>
/// <param name="Options">What goes to the compiler.</param>
/// <param name="Origins">Ascending: from this offset in the text, what stands at this index in the Python text is meant.</param>
internal sealed record TranslatedPattern(byte[] Text, Pcre2Options Options, IReadOnlyList<(int Offset, int Index)> Origins)
{
    /// <summary>The index in the Python text that led to an offset in <see cref="Text"/>.</summary>
    internal int IndexOf(int offset)
    {
        int index = 0;
        foreach ((int from, int origin) in Origins)
        {
            if (from >= offset && from > 0) break;
            index = origin;
        }

        return index;
    }
}
