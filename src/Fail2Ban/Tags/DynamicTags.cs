namespace Fail2Ban.Tags;

/// <summary>Replaces tags whose values come from logs and are therefore never given to a shell to interpret.</summary>
/// <remarks>
/// Values are not searched for tags again. A tag without a value stays as it is, except <c>&lt;F-NAME&gt;</c> (upper
/// case), which is then empty: the pattern simply did not capture that field.
/// </remarks>
public static class DynamicTags
{
    /// <summary>
    /// For <c>/bin/sh -c</c>: a value with a character that means something to a shell becomes a variable
    /// (<c>f2bV_F_user=$0</c> in front of the text, <c>$f2bV_F_user</c> in it) and travels as an argument of the shell.
    /// </summary>
    /// <param name="text">A command after substitution of its static tags.</param>
    /// <param name="valueOf">A tag's value by its name without brackets (<c>ip</c>, <c>F-USER</c>); null where it has none.</param>
    public static ShellText ForShell(string text, Func<string, string?> valueOf) => throw new NotImplementedException();

    /// <summary>For everything that no shell reads (output templates, cache keys): values as they are.</summary>
    /// <param name="text">Text with tags.</param>
    /// <param name="valueOf">A tag's value by its name without brackets; null where it has none.</param>
    public static string AsText(string text, Func<string, string?> valueOf) => throw new NotImplementedException();

    /// <summary>The captured field that a tag means: <c>F-USER</c> → <c>user</c>, <c>F-ID</c> → <c>fid</c>, <c>F-PORT</c> → <c>fport</c>; false for any other tag.</summary>
    public static bool TryGetField(string tag, out string field) => throw new NotImplementedException();

    /// <summary>Whether the text has this tag.</summary>
    public static bool Uses(string text, string tag) => text.Contains($"<{tag}>", StringComparison.Ordinal);
}
