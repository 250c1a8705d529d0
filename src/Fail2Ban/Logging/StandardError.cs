namespace Fail2Ban.Logging;

/// <summary>The last resort when a log target fails.</summary>
internal static class StandardError
{
    internal static void Say(string message)
    {
        try
        {
            Console.Error.WriteLine(message);
        }
        catch (IOException)
        {
            // Standard error is gone too (a daemon's closed terminal): nobody can be told.
        }
    }
}
