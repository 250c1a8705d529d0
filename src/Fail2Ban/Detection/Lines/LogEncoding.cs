namespace Fail2Ban.Detection.Lines;

/// <summary>How the bytes of a log become text.</summary>
/// <remarks>Immutable; two values that mean the same codec are equal, so that jails can share what was read.</remarks>
public sealed partial class LogEncoding
{
    /// <summary>UTF-8.</summary>
    public static LogEncoding Utf8 { get; } = null!;

    /// <summary>Finds an encoding under one of Python's codec names or aliases, or <c>auto</c>.</summary>
    /// <param name="name">As configured; case and punctuation do not matter.</param>
    /// <param name="encoding">The encoding; <see cref="Utf8"/> where the result is false.</param>
    /// <param name="error">Where the result is false: one sentence that begins with <c>unknown encoding: NAME</c> and lists near names.</param>
    public static bool TryParse(string name, out LogEncoding encoding, out string error) => throw new NotImplementedException();

    /// <summary>The name as <c>get JAIL logencoding</c> prints it: as configured, for <c>auto</c> what the system's locale says.</summary>
    public string Name { get; } = "";
}
