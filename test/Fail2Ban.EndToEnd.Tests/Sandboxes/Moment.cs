namespace Fail2Ban.EndToEnd.Tests.Sandboxes;

/// <summary>A moment between two looks at another process, in which the processor is its.</summary>
internal static class Moment
{
    /// <summary>Lets two milliseconds pass.</summary>
    public static void Pass() => Task.Delay(2).Wait();
}
