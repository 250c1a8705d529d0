namespace Fail2Ban.Enforcement.Actions;

/// <summary>What follows from an action's properties; worked out once after an assignment, since every ban asks.</summary>
/// <param name="IsNotification">It only tells others: it then has its own lane and can neither delay nor fail a ban.</param>
/// <param name="IsConditional">Some property depends on the family.</param>
/// <param name="IsOnDemand">It is started by the first ban of a family.</param>
/// <param name="Families">The property <c>families</c>; empty where it is not given.</param>
/// <param name="NetworkFamilies">The families whose networks are handled apart from their addresses.</param>
/// <param name="HasKernelTimeouts">Set elements end by themselves if this process should die (property <c>kerneltimeout</c>).</param>
internal sealed record ActionTraits(
    bool IsNotification, bool IsConditional, bool IsOnDemand, string[] Families, string[] NetworkFamilies, bool HasKernelTimeouts)
{
    /// <summary>Behind the name of a family: the networks of it, with properties, start and stop of their own.</summary>
    public const string OfNetworks = "-networks";

    /// <summary>Works them out.</summary>
    public static ActionTraits Of(ActionProperties properties)
    {
        bool isNotification = (properties["lane"] as string)?.Trim() switch
        {
            "notify" => true,
            "enforce" => false,
            _ => properties.Flag("norestored") == true || (!properties.Defines("actionunban") && !properties.Defines("actionflush")),
        };
        string[] conditions = [.. properties.Names.Where(static name => name.Contains(Condition, StringComparison.Ordinal))
            .Select(static name => name[(name.IndexOf(Condition, StringComparison.Ordinal) + Condition.Length)..])];
        string[] families = (properties["families"] as string)?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];

        // Whoever declares the set of addresses as one of intervals wants the networks there.
        bool keepsTogether = families.Length > 0 || (properties["addr_options"] as string)?.Contains("interval", StringComparison.Ordinal) == true;
        string[] networks = keepsTogether ? [] : [.. conditions.Where(static name => name.EndsWith(OfNetworks, StringComparison.Ordinal)).Distinct()];
        bool isConditional = conditions.Length > 0;
        return new ActionTraits(
            isNotification, isConditional, properties.Flag("actionstart_on_demand") ?? isConditional, families, networks, properties.Flag("kerneltimeout") == true);
    }

    private const string Condition = "?family=";
}
