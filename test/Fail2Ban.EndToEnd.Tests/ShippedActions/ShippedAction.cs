using System.Collections.Concurrent;
using Fail2Ban.Addresses;
using Fail2Ban.Configuration;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Enforcement.Actions;
using Fail2Ban.EndToEnd.Tests.Enforcement;
using Fail2Ban.Logging;
using Fail2Ban.Processes;
using Fail2Ban.Tags;
using Fail2Ban.Tests;
using Fail2Ban.Tracking.Bans;
using Fail2Ban.Tracking.Failures;

namespace Fail2Ban.EndToEnd.Tests.ShippedActions;

/// <summary>A jail <c>demo</c> with actions of <c>config/action.d</c>, read and run as the server does it.</summary>
internal sealed class ShippedAction : IAsyncDisposable
{
    private readonly ShellRunner _shell;
    private readonly Enforcer _enforcer;
    private readonly bool _ownsEnforcer;
    private readonly ActionContext _context;

    /// <param name="text">What a jail would have as its action: a name, and perhaps parameters in brackets.</param>
    /// <param name="folder">Where the action files are; ours by default.</param>
    /// <param name="neighbour">Another jail of the same server, which is disposed after this one; null for a server of its own.</param>
    /// <param name="jail">The jail's name.</param>
    /// <param name="time">By which the server decides when to check; the machine's by default.</param>
    public ShippedAction(string text, string? folder = null, ShippedAction? neighbour = null, string jail = "demo", TimeProvider? time = null)
    {
        var log = new Log(Sink, "test");
        _ownsEnforcer = neighbour is null;
        _shell = neighbour?._shell ?? new ShellRunner(log, TimeProvider.System);
        _enforcer = neighbour?._enforcer ?? new Enforcer(_shell, log, time ?? TimeProvider.System);
        _context = new ActionContext
        {
            Jail = jail,
            ParseSeconds = static _ => null,
            FullHostName = static () => "host.example.org",
            Bans = _ => Task.FromResult<IReadOnlyList<Ban>>([.. InForce]),
            HostName = _ => Task.FromResult(HostName),
            History = (_, _) => Task.FromResult(History),
        };
        Jail = new JailActions(_context, _enforcer);
        foreach (IReadOnlyList<object?> words in Read(text, log, jail, folder ?? Path.Combine(RepositoryRoot.Find(), "config", "action.d")))
        {
            if (words is ["set", _, "addaction", string name]) Assert.NotNull(Jail.Add(name));
            if (words is ["multi-set", _, "action", string target, List<object?> settings])
                foreach (List<object?> pair in settings.Cast<List<object?>>()) Set(target, (string)pair[0]!, pair[1]);
            if (words is ["set", _, "action", string single, string property, var value]) Set(single, property, value);
        }

        // One after the other, so that what they did can be told apart.
        foreach (JailAction action in Jail.All) Set(action.Name, "lane", "enforce");
    }

    public JailActions Jail { get; }

    public ListSink Sink { get; } = new();

    /// <summary>What the jail says when an action asks for the bans in force.</summary>
    public ConcurrentQueue<Ban> InForce { get; } = [];

    /// <summary>What reverse DNS says of every address.</summary>
    public string? HostName { get; set; }

    /// <summary>What the database knows of every id.</summary>
    public IdHistory? History { get; set; }

    /// <summary>Has all other jails of the server look whether their sets are there.</summary>
    public void HaveOthersLook() => _enforcer.SayLost(_context);

    /// <summary>Whether the server checks it.</summary>
    public bool HasCheck => Jail.All.Cast<CommandAction>().Any(static action => action.Properties.Defines("actioncheck"));

    /// <summary>Runs <c>actioncheck</c> for each family, its tags replaced as the server replaces them.</summary>
    /// <returns>The exit codes, in order; one where the families share a check, none where there is no check.</returns>
    public async Task<IReadOnlyList<int>> CheckAsync()
    {
        var codes = new List<int>();
        foreach (CommandAction action in Jail.All.Cast<CommandAction>())
        {
            var done = new HashSet<string>();
            foreach (string family in (string[])["inet4", "inet6"])
            {
                ActionCommand check = action.Properties.Command("actioncheck", family);
                Assert.Null(check.Error);
                if (check.IsBlank || !done.Add(check.Text)) continue;
                ShellText text = await BanTags.ReplaceAsync(check.Text, _context, null, family, TimeProvider.System.GetUtcNow());
                ShellResult result = await _enforcer.RunAloneAsync(new ShellCommand(text.Text, text.Arguments) { SuccessCodes = [.. Enumerable.Range(0, 256)] });
                Assert.True(result is { Succeeded: true, ExitCode: not null }, $"{check.Text}: {result}");
                codes.Add(result.ExitCode.Value);
            }
        }

        return codes;
    }

    /// <summary>What went wrong since the last call.</summary>
    public string TakeErrors()
    {
        string errors = string.Join('\n', Sink.Errors);
        Sink.Messages.Clear();
        return errors;
    }

    public static Ban Ban(FailureId id, params string[] lines) => new(
        new Ticket(id, null, DateTimeOffset.UnixEpoch, 5, [.. lines.Select(line => new MatchedLine("", "", line))],
            new FailureData([new("user", string.Join(' ', lines))])),
        new BanTime(600), 1, false);

    public static Ban Ban(string id, params string[] lines) => Ban(FailureId.Parse(id), lines);

    public async ValueTask DisposeAsync()
    {
        await Jail.EndAsync();
        if (!_ownsEnforcer) return;
        await _enforcer.DisposeAsync();
        _shell.Dispose();
    }

    private static IReadOnlyList<IReadOnlyList<object?>> Read(string text, Log log, string jail, string actions)
    {
        string folder = Directory.CreateTempSubdirectory("f2b-config").FullName;
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(folder, "action.d"), actions);
            File.WriteAllText(Path.Combine(folder, "fail2ban.conf"), "[Definition]\n");
            File.WriteAllText(Path.Combine(folder, "jail.conf"), $"[{jail}]\nenabled = true\nbackend = polling\nfilter =\nchain = <known/chain>\naction = {text}\n");
            ConfigurationResult read = new ConfigurationReader(folder, new ReaderOptions { AllowNoFiles = true }, log).Read();
            Assert.True(read.Outcome == ConfigurationOutcome.Complete && read.Stream.Count > 2, $"{text}: {read.Outcome} {read.Failure}");
            return [.. read.Stream.Select(command => command.Words)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Set(string action, string property, object? value) => Assert.True(((CommandAction)Jail.Find(action)!).TrySet(property, value, out string error), error);
}
