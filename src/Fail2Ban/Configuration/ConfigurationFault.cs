namespace Fail2Ban.Configuration;

/// <summary>A command of the stream that a server would refuse.</summary>
/// <param name="Command">The command.</param>
/// <param name="Option">The option that it comes of, as the files name it.</param>
/// <param name="Value">The refused value, as text; one of several where the command has several.</param>
/// <param name="Message">What is wrong with the value.</param>
public sealed record ConfigurationFault(ServerCommand Command, string Option, string Value, string Message)
{
    /// <summary>The jail that would not start; null for an option of the server.</summary>
    public string? Jail => Command.Jail;

    /// <summary>Where the value stands in the files; null where the value comes of no file.</summary>
    public ConfigurationPlace? Place => Command.PlaceOf(Option, Value);
}
