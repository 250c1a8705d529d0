namespace Fail2Ban.Native.Pcre2;

/// <summary>Compile options of pcre2_compile(3) that are used here.</summary>
[Flags]
public enum Pcre2Options : uint
{
    /// <summary>Bytes.</summary>
    None = 0,

    /// <summary>PCRE2_UTF | PCRE2_UCP: code points, and classes by Unicode properties.</summary>
    Unicode = Pcre2.PCRE2_UTF | Pcre2.PCRE2_UCP,

    /// <summary>PCRE2_MULTILINE | PCRE2_ALT_CIRCUMFLEX: <c>^</c> and <c>$</c> at each line, as Python has it.</summary>
    MultiLine = Pcre2.PCRE2_MULTILINE | Pcre2.PCRE2_ALT_CIRCUMFLEX,
}
