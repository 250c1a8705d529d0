using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>Finds the regexes in a stream of commands, for them to be compiled ahead of their commands.</summary>
internal static class PatternsAhead
{
    /// <summary>Begins to compile them.</summary>
    /// <param name="stream">The commands.</param>
    public static RegexesAhead Of(IReadOnlyList<object?> stream)
    {
        var regexes = new List<(string Text, UseDns UseDns, bool MultiLine)>();
        string? owner = null;
        UseDns useDns = UseDns.Warn;
        bool isMultiLine = false;
        foreach (object? command in stream)
        {
            if (command is not IReadOnlyList<object?> { Count: > 3 } words || words is not ["set" or "multi-set", string jail, string option, ..]) continue;
            if (jail != owner) (owner, useDns, isMultiLine) = (jail, UseDns.Warn, false);
            switch (option)
            {
                case "usedns": useDns = UseDnsText.Parse(PythonText.Str(words[3])); break;
                case "maxlines": isMultiLine = PythonText.Str(words[3]) != "1"; break;
                case "prefregex" or "addignoreregex": Add(words[3], isMultiLine: false); break;
                case "addfailregex": Add(words[3], isMultiLine); break;
            }
        }

        return new RegexesAhead(regexes);

        void Add(object? value, bool isMultiLine)
        {
            if (value is string text) regexes.Add((text, useDns, isMultiLine));
            else if (value is IReadOnlyList<object?> several) regexes.AddRange(several.OfType<string>().Select(one => (one, useDns, isMultiLine)));
        }
    }
}
