using Fail2Ban.Addresses.Origins;
using Fail2Ban.Jails;
using Fail2Ban.Values;

namespace Fail2Ban.Control.Commands;

/// <summary>The trees that <c>status</c> and its like answer; the client draws them.</summary>
internal static class StatusAnswers
{
    /// <summary>All jails by name.</summary>
    public static List<object?> OfServer(JailSet jails) =>
    [
        new PythonTuple("Number of jail", (long)jails.Count),
        new PythonTuple("Jail list", string.Join(", ", jails.All.Select(jail => jail.Name))),
    ];

    /// <summary>One jail.</summary>
    /// <param name="jail">Which.</param>
    /// <param name="flavor"><c>basic</c>, <c>short</c> (no list of addresses), <c>stats</c>, or <c>cymru</c>, which is <c>basic</c> here.</param>
    public static Task<object?> OfJailAsync(Jail jail, string flavor) => jail.InvokeAsync<object?>(jail =>
    {
        if (flavor == "stats")
        {
            return new List<object?>
            {
                jail.Backend,
                new PythonTuple((long)jail.Failures.Current, jail.Failures.Total),
                new PythonTuple((long)jail.Bans.Manager.Current, jail.Bans.Manager.Total),
            };
        }

        var filter = new List<object?>
        {
            new PythonTuple("Currently failed", (long)jail.Failures.Current),
            new PythonTuple("Total failed", jail.Failures.Total),
        };
        filter.Add(Sources(jail));
        var actions = new List<object?>
        {
            new PythonTuple("Currently banned", (long)jail.Bans.Manager.Current),
            new PythonTuple("Total banned", jail.Bans.Manager.Total),
        };
        if (flavor != "short") actions.Add(new PythonTuple("Banned IP list", Ids(jail)));
        return new List<object?> { new PythonTuple("Filter", filter), new PythonTuple("Actions", actions) };
    });

    /// <summary>Adds where the banned addresses come from to the state of a jail.</summary>
    public static object? WithOrigins(object? state, AddressOrigins origins)
    {
        var actions = (List<object?>)((PythonTuple)((List<object?>)state!)[1]!)[1]!;
        actions.Add(new PythonTuple("Banned ASN list", Texts(origins.Networks)));
        actions.Add(new PythonTuple("Banned Country list", Texts(origins.Countries)));
        actions.Add(new PythonTuple("Banned RIR list", Texts(origins.Registries)));
        return state;

        static List<object?> Texts(IReadOnlyList<string> texts) => [.. texts];
    }

    private static PythonTuple Sources(Jail jail) => jail.Journal is { } journal
        ? new PythonTuple("Journal matches", new List<object?> { string.Join(" + ", journal.Matches.Select(group => string.Join(' ', group))) })
        : new PythonTuple("File list", jail.Logs.Paths.Cast<object?>().ToList());

    /// <summary>The banned ids of a jail in the order of their bans.</summary>
    public static List<object?> Ids(Jail jail) => [.. jail.Bans.Manager.IdsInBanOrder().Select(id => (object)new PythonId(id.ToString()))];
}
