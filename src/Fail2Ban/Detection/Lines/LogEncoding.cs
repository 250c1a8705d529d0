using System.Collections.Concurrent;

namespace Fail2Ban.Detection.Lines;

/// <summary>How the bytes of a log become text.</summary>
/// <remarks>Immutable. Values of one codec share it, so that what was read once serves all jails that mean the same.</remarks>
public sealed class LogEncoding
{
    private const int NearNames = 4;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    private static readonly ConcurrentDictionary<PythonCodec, LineCodec> Codecs = new();

    private LogEncoding(string name, LineCodec codec)
    {
        Name = name;
        Codec = codec;
    }

    /// <summary>UTF-8, under the name that the original prints.</summary>
    public static LogEncoding Utf8 { get; } = new("UTF-8", CodecOf(PythonCodec.Find("utf_8")!));

    /// <summary>The name as <c>get JAIL logencoding</c> prints it: as configured, for <c>auto</c> what the system's locale says.</summary>
    public string Name { get; }

    internal LineCodec Codec { get; }

    /// <summary>Finds an encoding under one of Python's codec names or aliases, or <c>auto</c>.</summary>
    /// <param name="name">As configured; case and punctuation do not matter.</param>
    /// <param name="encoding">The encoding; <see cref="Utf8"/> where the result is false.</param>
    /// <param name="error">Where the result is false: one sentence that begins with <c>unknown encoding: NAME</c> and lists near names.</param>
    public static bool TryParse(string name, out LogEncoding encoding, out string error)
    {
        error = "";
        encoding = Utf8;
        if (name.Equals("auto", StringComparison.OrdinalIgnoreCase))
        {
            encoding = OfLocale(Environment.GetEnvironmentVariable);
            return true;
        }

        if (PythonCodec.Find(name) is { } codec)
        {
            encoding = new LogEncoding(name, CodecOf(codec));
            return true;
        }

        error = $"unknown encoding: {name}; near names: {string.Join(", ", PythonCodec.Near(name, NearNames))} (or auto)";
        return false;
    }

    /// <summary>
    /// What the locale says: the character set behind the dot of LC_ALL, LC_CTYPE or LANG, whichever comes first and is
    /// set. Without one, and for C and POSIX, it is UTF-8, as in Python since 3.7.
    /// </summary>
    internal static LogEncoding OfLocale(Func<string, string?> variable)
    {
        string locale = LocaleVariables.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value)) ?? "";
        string[] parts = locale.Split('@');
        int dot = parts[0].IndexOf('.', StringComparison.Ordinal);
        string name = dot >= 0 ? parts[0][(dot + 1)..] : parts is [_, "euro"] ? "ISO-8859-15" : "";
        PythonCodec? codec = name.Length == 0 ? null : PythonCodec.Find(name);
        return codec is null || codec == PythonCodec.Find("utf_8") ? Utf8 : new LogEncoding(name, CodecOf(codec));
    }

    private static LineCodec CodecOf(PythonCodec codec) => Codecs.GetOrAdd(codec, LineCodec.Create);
}
