using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>A command that cannot be done; the client gets the exception that the original would have raised.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(string type, string message) : base(message) => Error = new PythonError(type, message);

    public CommandException(PythonError error) : base(error.Message) => Error = error;

    /// <summary>What goes over the wire.</summary>
    public PythonError Error { get; }

    /// <summary>A jail that does not exist.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="reason">Why it is not there; sent behind the name, where the original's client takes no notice of it.</param>
    public static CommandException UnknownJail(string name, string? reason = null) => new(
        new PythonError("UnknownJailException", reason is null ? new PythonTuple(name) : new PythonTuple(name, reason)));

    /// <summary>A jail that exists already.</summary>
    public static CommandException DuplicateJail(string name) => new("DuplicateJailException", name);

    /// <summary>A word is missing.</summary>
    public static CommandException Missing() => new("IndexError", "list index out of range");

    /// <summary>A value is not what it should be.</summary>
    public static CommandException Value(string message) => new("ValueError", message);

    /// <summary>Anything else.</summary>
    public static CommandException Plain(string message) => new("Exception", message);
}
