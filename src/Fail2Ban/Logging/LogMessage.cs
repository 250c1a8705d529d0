using System.Runtime.CompilerServices;

namespace Fail2Ban.Logging;

/// <summary>Formats an interpolated log sentence only if its level is on.</summary>
[InterpolatedStringHandler]
public ref struct LogMessage
{
    private DefaultInterpolatedStringHandler _text;

    /// <summary>Called by the compiler in front of each <see cref="Log.Write"/>.</summary>
    public LogMessage(int literalLength, int formattedCount, Log log, LogLevel level, out bool enabled)
    {
        IsEnabled = enabled = log.IsEnabled(level);
        if (enabled) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount);
    }

    internal readonly bool IsEnabled { get; }

    /// <summary>A literal part.</summary>
    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    /// <summary>A value.</summary>
    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    /// <summary>A value with a format.</summary>
    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    /// <summary>A span of text.</summary>
    public void AppendFormatted(ReadOnlySpan<char> value) => _text.AppendFormatted(value);

    internal string ToStringAndClear() => _text.ToStringAndClear();
}
