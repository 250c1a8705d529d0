namespace Fail2Ban.Enforcement.Actions;

/// <summary>What follows from an action's properties; worked out once after an assignment, since every ban asks.</summary>
/// <param name="IsNotification">It only tells others: it then has its own lane and can neither delay nor fail a ban.</param>
/// <param name="IsConditional">Some property depends on the family.</param>
/// <param name="IsOnDemand">It is started by the first ban of a family.</param>
/// <param name="Families">The property <c>families</c>; empty where it is not given.</param>
internal sealed record ActionTraits(bool IsNotification, bool IsConditional, bool IsOnDemand, string[] Families)
{
    /// <summary>Works them out.</summary>
    public static ActionTraits Of(ActionProperties properties)
    {
        bool isNotification = (properties["lane"] as string)?.Trim() switch
        {
            "notify" => true,
            "enforce" => false,
            _ => properties.Flag("norestored") == true || (!properties.Defines("actionunban") && !properties.Defines("actionflush")),
        };
        bool isConditional = properties.Names.Any(static name => name.Contains("?family=", StringComparison.Ordinal));
        string[] families = (properties["families"] as string)?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        return new ActionTraits(isNotification, isConditional, properties.Flag("actionstart_on_demand") ?? isConditional, families);
    }
}
