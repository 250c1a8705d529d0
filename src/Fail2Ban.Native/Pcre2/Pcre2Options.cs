namespace Fail2Ban.Native.Pcre2;

/// <summary>Compile options of pcre2_compile(3) that are used here.</summary>
[Flags]
public enum Pcre2Options : uint
{
    /// <summary>Bytes.</summary>
    None = 0,

    /// <summary>PCRE2_UTF | PCRE2_UCP: code points, and classes by Unicode properties.</summary>
    Unicode = Pcre2.PCRE2_UTF | Pcre2.PCRE2_UCP,

    /// <summary>PCRE2_AUTO_CALLOUT: each step of a search can be counted, see <see cref="Pcre2Steps"/>.</summary>
    AutoCallout = Pcre2.PCRE2_AUTO_CALLOUT,

    /// <summary>PCRE2_CASELESS.</summary>
    Caseless = Pcre2.PCRE2_CASELESS,

    /// <summary>PCRE2_DOTALL: <c>.</c> takes a newline too.</summary>
    DotAll = Pcre2.PCRE2_DOTALL,

    /// <summary>PCRE2_MULTILINE: <c>^</c> and <c>$</c> at each line.</summary>
    MultiLine = Pcre2.PCRE2_MULTILINE,

    /// <summary>PCRE2_ALT_CIRCUMFLEX: where <c>^</c> is multi-line it also stands after a newline that ends the subject.</summary>
    AltCircumflex = Pcre2.PCRE2_ALT_CIRCUMFLEX,
}
