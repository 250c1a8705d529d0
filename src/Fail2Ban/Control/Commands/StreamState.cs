namespace Fail2Ban.Control.Commands;

/// <summary>Whether a command stands alone or is one of a stream that configures the server.</summary>
/// <param name="IsStream">Part of a stream: a log that cannot be read now is waited for.</param>
/// <param name="Reloading">The jails that a reload found; those of them that the stream does not name are stopped at its end.</param>
internal sealed record StreamState(bool IsStream, HashSet<string>? Reloading)
{
    /// <summary>A command by itself.</summary>
    public static StreamState None { get; } = new(false, null);
}
