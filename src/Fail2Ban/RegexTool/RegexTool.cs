namespace Fail2Ban.RegexTool;

/// <summary><c>fail2ban-regex</c>: tries regexes and filters on logs. Never bans, never writes.</summary>
public static class RegexTool
{
    /// <summary>Runs the program.</summary>
    /// <param name="args">The command line without the program's name.</param>
    /// <param name="host">What the program sees of its surroundings.</param>
    /// <returns>The exit status: 0 finished, 1 failed inside, 2 unknown option, 255 wrong input.</returns>
    public static int Run(IReadOnlyList<string> args, RegexToolHost host) => throw new NotImplementedException();
}
