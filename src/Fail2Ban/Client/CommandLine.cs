using Fail2Ban.Configuration;

namespace Fail2Ban.Client;

/// <summary>A command line, read as getopt(3) does: options first, long ones may be abbreviated, <c>--</c> ends them.</summary>
/// <param name="Options">In the order given; the key is the long name, or the letter where there is none.</param>
/// <param name="Words">The command.</param>
/// <param name="WasShort">Keys that were given by letter.</param>
internal sealed record CommandLine(IReadOnlyList<KeyValuePair<string, string>> Options, IReadOnlyList<string> Words, IReadOnlySet<string> WasShort)
{
    internal bool Has(string key) => Options.Any(option => option.Key == key);

    internal string? Value(string key) => Options.LastOrDefault(option => option.Key == key).Value;

    internal int Count(string key) => Options.Count(option => option.Key == key);

    /// <returns>Null with what is wrong.</returns>
    internal static CommandLine? Parse(IReadOnlyList<string> args, out string error)
    {
        var options = new List<KeyValuePair<string, string>>();
        var letters = new HashSet<string>();
        int at = 0;
        error = "";
        while (at < args.Count && args[at].Length > 1 && args[at][0] == '-' && args[at] != "--")
        {
            string arg = args[at++];
            if (arg.StartsWith("--", StringComparison.Ordinal))
            {
                if (!Long(arg[2..], args, ref at, options, out error)) return null;
                continue;
            }

            for (int letter = 1; letter < arg.Length; letter++)
            {
                OptionTable.Option? option = OptionTable.All.FirstOrDefault(known => known.Short == arg[letter]);
                if (option is null)
                {
                    error = $"option -{arg[letter]} not recognized";
                    return null;
                }

                letters.Add(option.Key);
                if (option.Value is null)
                {
                    options.Add(new(option.Key, ""));
                    continue;
                }

                string? value = letter + 1 < arg.Length ? arg[(letter + 1)..] : at < args.Count ? args[at++] : null;
                if (value is null)
                {
                    error = $"option -{option.Short} requires argument";
                    return null;
                }

                options.Add(new(option.Key, value));
                break;
            }
        }

        if (at < args.Count && args[at] == "--") at++;
        return new CommandLine(options, [.. args.Skip(at)], letters);
    }

    private static string Near(string name) =>
        NearNames.Find(name, OptionTable.All.Select(known => known.Long).Where(known => known.Length > 0)) is { } near ? $"; did you mean --{near}?" : "";

    private static bool Long(string arg, IReadOnlyList<string> args, ref int at, List<KeyValuePair<string, string>> options, out string error)
    {
        int equals = arg.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? arg : arg[..equals];
        List<OptionTable.Option> fits = [.. OptionTable.All.Where(known => known.Long.StartsWith(name, StringComparison.Ordinal) && known.Long.Length > 0)];
        OptionTable.Option? option = fits.Find(known => known.Long == name) ?? (fits.Count == 1 ? fits[0] : null);
        error = option is null ? fits.Count > 1 ? $"option --{name} not a unique prefix" : $"option --{name} not recognized{Near(name)}"
            : option.Value is null && equals >= 0 ? $"option --{option.Long} must not have an argument"
            : option.Value is not null && equals < 0 && at >= args.Count ? $"option --{option.Long} requires argument"
            : "";
        if (error.Length > 0) return false;
        options.Add(new(option!.Key, option.Value is null ? "" : equals >= 0 ? arg[(equals + 1)..] : args[at++]));
        return true;
    }
}
