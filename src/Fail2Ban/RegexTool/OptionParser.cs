namespace Fail2Ban.RegexTool;

/// <summary>Reads the command line by the rules of Python's optparse: options anywhere, short ones joined, long ones shortened.</summary>
internal static class OptionParser
{
    /// <param name="args">Without the program's name.</param>
    /// <param name="error">What is wrong; null where the result is usable.</param>
    public static RegexToolOptions Parse(IReadOnlyList<string> args, out string? error)
    {
        var options = new RegexToolOptions();
        error = null;
        for (int i = 0; i < args.Count && error is null; i++)
        {
            string arg = args[i];
            if (arg == "--")
            {
                options.Arguments.AddRange(args.Skip(i + 1));
                break;
            }

            if (arg.StartsWith("--", StringComparison.Ordinal)) error = ParseLong(options, args, ref i);
            else if (arg.Length > 1 && arg[0] == '-') error = ParseShort(options, args, ref i);
            else options.Arguments.Add(arg);

            // Those answer at once, whatever else stands there.
            if (options.ShowHelp || options.ShowVersion || options.ShowVersionNumber) break;
        }

        return options;
    }

    private static string? ParseLong(RegexToolOptions options, IReadOnlyList<string> args, ref int index)
    {
        string arg = args[index];
        int equals = arg.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? arg : arg[..equals];
        string? value = equals < 0 ? null : arg[(equals + 1)..];

        (Option Option, string Name)[] known = [.. OptionTable.All.SelectMany(option => option.Names.Select(each => (option, each)))];
        (Option Option, string Name)[] candidates = [.. known.Where(each => each.Name == name)];
        if (candidates.Length == 0) candidates = [.. known.Where(each => each.Name.StartsWith(name, StringComparison.Ordinal))];
        if (candidates.Length == 0) return $"no such option: {name}";
        if (candidates.Length > 1) return $"ambiguous option: {name} ({string.Join(", ", candidates.Select(each => each.Name).Order(StringComparer.Ordinal))}?)";

        (Option option, name) = candidates[0];
        if (option.Value is null) return value is null ? Apply(option, name, options, "") : $"{name} option does not take a value";
        if (value is null && ++index >= args.Count) return $"{name} option requires 1 argument";
        return Apply(option, name, options, value ?? args[index]);
    }

    private static string? ParseShort(RegexToolOptions options, IReadOnlyList<string> args, ref int index)
    {
        string arg = args[index];
        for (int i = 1; i < arg.Length; i++)
        {
            string name = "-" + arg[i];
            if (OptionTable.All.FirstOrDefault(each => each.Names.Contains(name)) is not { } option) return $"no such option: {name}";
            string value = "";
            if (option.Value is not null)
            {
                // The rest of the word is the value; where there is none, the next word is.
                value = arg[(i + 1)..];
                i = arg.Length;
                if (value.Length == 0)
                {
                    if (++index >= args.Count) return $"{name} option requires 1 argument";
                    value = args[index];
                }
            }

            if (Apply(option, name, options, value) is { } error) return error;
        }

        return null;
    }

    private static string? Apply(Option option, string name, RegexToolOptions options, string value) =>
        option.Apply(options, value) ? null : $"option {name}: invalid integer value: '{value}'";
}
