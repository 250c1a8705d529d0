using Fail2Ban.Jails;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Commands about the actions of a jail and their properties.</summary>
internal static class ActionCommands
{
    /// <summary><c>get J action A PROPERTY</c>, <c>actionproperties A</c>, <c>actionmethods A</c>; in the jail's loop.</summary>
    public static object? Get(Jail jail, string name, CommandWords words)
    {
        switch (name)
        {
            case "actions":
                return jail.Bans.Actions.All.Select(action => (object?)action.Name).ToList();
            case "action":
                var action = Find(jail, words);
                return action.TryGet(words.Text(1), out object? value, out string error) ? value : throw new CommandException("AttributeError", error);
            case "actionproperties":
                return Find(jail, words).PropertyNames.Cast<object?>().ToList();
            default:
                _ = Find(jail, words);
                return Enforcement.Actions.CommandAction.MethodNames.Cast<object?>().ToList();
        }
    }

    /// <summary><c>addaction A [PYFILE JSON]</c>.</summary>
    public static object? Add(Jail jail, CommandWords words)
    {
        string name = words.Text(0);
        if (words.Count > 1)
            throw new CommandException("NotImplementedError", $"Action {name}: actions written in Python ({words.Text(1)}) cannot be run by this version");
        return jail.Bans.Actions.Add(name) is null ? throw CommandException.Value($"Action {name} already exists") : name;
    }

    /// <summary><c>delaction A</c>.</summary>
    public static async Task<object?> RemoveAsync(Jail jail, CommandWords words) =>
        await jail.Bans.Actions.RemoveAsync(words.Text(0)) ? null : throw NoAction(words.Text(0));

    /// <summary><c>action A PROPERTY VALUE</c>, or many at once as a list of pairs; <c>action A METHOD [JSON]</c>.</summary>
    public static async Task<object?> SetAsync(Jail jail, CommandWords words)
    {
        var action = Find(jail, words);
        if (words[1] is not List<object?> pairs)
        {
            string name = words.Text(1);
            return Enforcement.Actions.CommandAction.MethodNames.Contains(name) ? await CallAsync(jail, action, name, words.Count > 2 ? words.Text(2) : "") : SetOne(name, words[2]);
        }

        foreach (object? pair in pairs)
        {
            if (pair is not IReadOnlyList<object?> { Count: 2 } both)
                throw new CommandException("TypeError", "properties of an action come as pairs of name and value");
            SetOne(PythonText.Str(both[0]), both[1]);
        }

        return words[1];

        object? SetOne(string property, object? value)
        {
            if (!action.TrySet(property, value, out string error)) throw CommandException.Value(error);
            return action.TryGet(property, out object? now, out _) ? now : value;
        }
    }

    // Whether a ban is enforced is the jail's business (banip, unbanip); what remains is to repair an action by hand.
    private static async Task<object?> CallAsync(Jail jail, Enforcement.Actions.CommandAction action, string method, string arguments)
    {
        if (method is not ("start" or "stop" or "flush" or "reload"))
            throw new CommandException("TypeError", $"CommandAction.{method}() cannot be called from outside: start, stop, flush and reload can; banip and unbanip ban and unban");
        if (arguments.Trim() is not ("" or "{}")) throw new CommandException("TypeError", $"CommandAction.{method}() takes no arguments: leave {arguments} out");
        return await jail.Bans.Actions.CallAsync(action, method);
    }

    private static Enforcement.Actions.CommandAction Find(Jail jail, CommandWords words) =>
        jail.Bans.Actions.Find(words.Text(0)) ?? throw NoAction(words.Text(0));

    private static CommandException NoAction(string name) => new("KeyError", $"Invalid Action name: {name}");
}
