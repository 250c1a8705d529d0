using Fail2Ban.Jails;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>What a stream of commands makes of the jails, while none of it is in force.</summary>
/// <param name="replaceable">Names of running jails that the stream may define anew.</param>
internal sealed class StreamDraft(IReadOnlySet<string> replaceable)
{
    private readonly List<Jail> _jails = [];
    private readonly HashSet<string> _started = [];
    private readonly Dictionary<string, PythonError> _broken = [];
    private readonly Dictionary<string, string> _skipped = [];
    private readonly List<(string Jail, string Action, PythonError Error)> _missing = [];

    /// <summary>The jails in the order of the stream, broken ones among them.</summary>
    public IReadOnlyList<Jail> Jails => _jails;

    /// <summary>Names of jails with a wrong command, and the first error of each.</summary>
    public IReadOnlyDictionary<string, PythonError> Broken => _broken;

    /// <summary>Names of jails that the client left out, and its reason for each.</summary>
    public IReadOnlyDictionary<string, string> Skipped => _skipped;

    /// <summary>Actions written in Python that could not be made, of jails that go without them.</summary>
    public IReadOnlyList<(string Jail, string Action, PythonError Error)> Missing => _missing;

    /// <summary>Notes that a jail goes without an action.</summary>
    public void Miss(string jail, string action, PythonError error) => _missing.Add((jail, action, error));

    /// <summary>Whether a jail that runs may be defined by the stream.</summary>
    public bool MayReplace(string name) => replaceable.Contains(name);

    /// <summary>A jail of the stream, or null.</summary>
    public Jail? Find(string name) => _jails.Find(jail => jail.Name == name);

    /// <summary>Adds a jail.</summary>
    public void Add(Jail jail) => _jails.Add(jail);

    /// <summary>Notes that a jail is to be started when the stream is done.</summary>
    public void Start(string name) => _started.Add(name);

    /// <summary>Whether the stream starts a jail.</summary>
    public bool Starts(string name) => _started.Contains(name);

    /// <summary>Notes that the client left a jail out, since it could not read its configuration, and has said so.</summary>
    public void Skip(string name, string reason) => _skipped[name] = reason;

    /// <summary>Whether the configuration has a jail of this name, be it wrong.</summary>
    public bool Knows(string name) => _skipped.ContainsKey(name) || _broken.ContainsKey(name) || Find(name) is not null;

    /// <summary>Notes that a jail is wrong; what else the stream says of it is passed over.</summary>
    public void Break(string name, PythonError error) => _broken.TryAdd(name, error);
}
