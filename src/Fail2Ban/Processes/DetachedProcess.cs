namespace Fail2Ban.Processes;

/// <summary>Starts a program that outlives its starter: a session of its own, clean signals, no inherited descriptors.</summary>
public static class DetachedProcess
{
    /// <summary>Starts a program.</summary>
    /// <param name="path">The executable's path.</param>
    /// <param name="arguments">All of argv, the name in <c>argv[0]</c> first.</param>
    /// <param name="environment"><c>NAME=value</c> entries; null: as ours.</param>
    /// <param name="keepOutput">Whether descriptors 1 and 2 stay ours; otherwise they, like 0, are /dev/null.</param>
    /// <param name="error">Why it could not be started; empty otherwise.</param>
    /// <returns>The process id, or 0 with <paramref name="error"/>.</returns>
    public static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string>? environment, bool keepOutput, out string error) =>
        throw new NotImplementedException();
}
