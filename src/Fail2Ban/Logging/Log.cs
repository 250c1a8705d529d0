using System.Runtime.CompilerServices;

namespace Fail2Ban.Logging;

/// <summary>The log as one component sees it. Each component keeps its sentences in one file, <c>…Log.cs</c>.</summary>
/// <param name="sink">Where messages go.</param>
/// <param name="name">The original's logger name: <c>fail2ban.filter</c>, <c>fail2ban.actions</c>, …</param>
public sealed class Log(ILogSink sink, string name)
{
    /// <summary>The logger's name.</summary>
    public string Name => name;

    /// <summary>The same log under the name of another component.</summary>
    public Log For(string component) => new(sink, component);

    /// <summary>Whether a message of this level would be written.</summary>
    public bool IsEnabled(LogLevel level) => level >= sink.Threshold;

    /// <summary>Writes one sentence; where the level is off, its parts are not even formatted.</summary>
    public void Write(LogLevel level, [InterpolatedStringHandlerArgument("", nameof(level))] ref LogMessage message)
    {
        if (message.IsEnabled) sink.Write(level, name, message.ToStringAndClear());
    }
}
