using System.Collections.Immutable;
using System.Text;

namespace Fail2Ban.Tags;

/// <summary>The variables of one command: each is assigned from an argument of the shell, which the shell never interprets.</summary>
internal sealed class ShellVariables
{
    private readonly List<(string Tag, string Name, string Value)> _variables = [];

    /// <summary>What stands in front of the command: <c>f2bV_ip=$0 f2bV_F_user=$1 </c> and a line end; empty without variables.</summary>
    public string Assignments
    {
        get
        {
            if (_variables.Count == 0) return "";
            var text = new StringBuilder();
            for (int i = 0; i < _variables.Count; i++)
                text.Append(_variables[i].Name).Append(i < 10 ? "=$" : "=${").Append(i).Append(i < 10 ? " " : "} ");
            return text.Append('\n').ToString();
        }
    }

    /// <summary>The shell's arguments, in order.</summary>
    public ImmutableArray<string> Values => [.. _variables.Select(variable => variable.Value)];

    /// <summary>How the command refers to the value.</summary>
    /// <param name="tag">The tag, which names the variable.</param>
    /// <param name="value">Its value; the same in each occurrence.</param>
    /// <param name="next">The character behind the tag: it must not become part of the name.</param>
    public string Reference(string tag, string value, char next)
    {
        string? name = _variables.Find(variable => variable.Tag == tag).Name;
        if (name is null)
        {
            name = NameOf(tag);
            while (_variables.Exists(variable => variable.Name == name)) name += "_";
            _variables.Add((tag, name, value));
        }

        return char.IsAsciiLetterOrDigit(next) || next == '_' ? $"${{{name}}}" : "$" + name;
    }

    private static string NameOf(string tag)
    {
        bool isField = DynamicTags.TryGetField(tag, out _);
        var name = new StringBuilder("f2bV_");
        foreach (char letter in isField ? "F-" + tag[2..].ToLowerInvariant() : tag) name.Append(char.IsAsciiLetterOrDigit(letter) ? letter : '_');
        return name.ToString();
    }
}
