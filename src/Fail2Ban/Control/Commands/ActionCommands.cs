using System.Text;
using Fail2Ban.Jails;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Commands about the actions of a jail and their properties.</summary>
internal static class ActionCommands
{
    /// <summary><c>get J action A PROPERTY</c>, <c>actionproperties A</c>, <c>actionmethods A</c>; in the jail's loop.</summary>
    public static async Task<object?> GetAsync(Jail jail, string name, CommandWords words)
    {
        switch (name)
        {
            case "actions": return jail.Bans.Actions.All.Select(action => (object?)action.Name).ToList();
            case "action": return Value(await Find(jail, words).GetAsync(words.Text(1)));
            case "actionproperties": return (await Find(jail, words).GetPropertyNamesAsync()).Cast<object?>().ToList();
            default: return (await Find(jail, words).GetMethodNamesAsync()).Cast<object?>().ToList();
        }
    }

    /// <summary><c>addaction A [PYFILE JSON]</c>.</summary>
    public static async Task<object?> AddAsync(Jail jail, CommandWords words)
    {
        string name = words.Text(0);
        if (words.Count < 2) return jail.Bans.Actions.Add(name) is null ? throw CommandException.Value($"Action {name} already exists") : name;
        PythonError? error = await jail.Bans.Actions.AddPythonAsync(name, words.Text(1), Options(words.Count > 2 ? words.Text(2) : ""));
        return error is null ? name : throw new CommandException(error);
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
            return (await action.GetMethodNamesAsync()).Contains(name) ? await CallAsync(jail, action, name, words.Count > 2 ? words.Text(2) : "") : await SetOneAsync(name, words[2]);
        }

        foreach (object? pair in pairs)
        {
            if (pair is not IReadOnlyList<object?> { Count: 2 } both)
                throw new CommandException("TypeError", "properties of an action come as pairs of name and value");
            await SetOneAsync(PythonText.Str(both[0]), both[1]);
        }

        return words[1];

        async Task<object?> SetOneAsync(string property, object? value) => Value(await action.SetAsync(property, value));
    }

    // Whether a ban is enforced is the jail's business (banip, unbanip); what remains is to repair an action by hand.
    private static async Task<object?> CallAsync(Jail jail, Enforcement.Actions.JailAction action, string method, string arguments)
    {
        if (action is not (Enforcement.Actions.CommandAction or Enforcement.Mail.MailAction)) return Value(await jail.Bans.Actions.CallAsync(action, method, Options(arguments)));
        if (method is not ("start" or "stop" or "flush" or "reload"))
            throw new CommandException("TypeError", $"{action.Name}: {method}() cannot be called from outside: start, stop, flush and reload can; banip and unbanip ban and unban");
        if (arguments.Trim() is not ("" or "{}")) throw new CommandException("TypeError", $"{action.Name}: {method}() takes no arguments: leave {arguments} out");
        return await jail.Bans.Actions.CallAsync(action, method);
    }

    private static Enforcement.Actions.JailAction Find(Jail jail, CommandWords words) =>
        jail.Bans.Actions.Find(words.Text(0)) ?? throw NoAction(words.Text(0));

    private static CommandException NoAction(string name) => new("KeyError", $"Invalid Action name: {name}");

    private static object? Value(Enforcement.Actions.ActionAnswer answer) => answer.Error is null ? answer.Value : throw new CommandException(answer.Error);

    private static PythonDict Options(string json)
    {
        if (string.IsNullOrWhiteSpace(json)) return [];
        return PythonJson.TryRead(Encoding.UTF8.GetBytes(json), out object? value) && value is PythonDict options ? options
            : throw CommandException.Value($"parameters of an action written in Python come as a JSON object, not as {PythonText.Repr(json)}");
    }
}
