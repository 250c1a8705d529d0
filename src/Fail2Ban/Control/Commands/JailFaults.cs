using System.Collections.Concurrent;

namespace Fail2Ban.Control.Commands;

/// <summary>Why jails that the configuration wanted are not there, so that whoever asks for one is told.</summary>
/// <remarks>Thread safety: any thread. Bounded: what a configuration did not name is never in it.</remarks>
internal sealed class JailFaults
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    /// <summary>What keeps a jail from running; null if nothing is known.</summary>
    public string? this[string jail] => _reasons.GetValueOrDefault(jail);

    /// <summary>Replaces what is known of the jails that a stream was about.</summary>
    /// <param name="draft">The stream, done.</param>
    /// <param name="isComplete">It was about all jails: what it does not name is forgotten.</param>
    public void Note(StreamDraft draft, bool isComplete)
    {
        if (isComplete) _reasons.Clear();
        foreach (Jails.Jail jail in draft.Jails) _reasons.TryRemove(jail.Name, out _);
        foreach ((string jail, string reason) in draft.Skipped) _reasons[jail] = reason;
        foreach ((string jail, Values.PythonError error) in draft.Broken) _reasons[jail] = error.Message;
    }

    /// <summary>The refusal of a command about a jail that is not there.</summary>
    public CommandException Unknown(string jail) => CommandException.UnknownJail(jail, this[jail]);
}
