using Fail2Ban.Addresses;
using Fail2Ban.Detection.Matching;
using Fail2Ban.Values;

namespace Fail2Ban.RegexTool;

/// <summary>A failure as the program prints it: one for each address of a name.</summary>
/// <param name="Failure">What was found.</param>
/// <param name="Id">What is counted: the address that the name was resolved to, or the failure's own id.</param>
internal readonly record struct HitText(Failure Failure, FailureId Id)
{
    /// <summary>The address to act on.</summary>
    public FailureId Address => Failure.Address ?? Id;

    /// <summary>The id as Python's repr: a tuple of captured fields shows as one.</summary>
    public string IdRepr => Failure.Host is null && Failure.Data["fid"] is PythonTuple tuple && Id.IsText ? PythonText.Repr(tuple) : PythonText.Repr(Id.ToString());

    /// <summary>Resolves what is a name.</summary>
    public static IReadOnlyList<HitText> Of(Failure failure, Func<string, IReadOnlyList<FailureId>> resolve) =>
        failure.Host is { } host ? [.. resolve(host).Select(address => new HitText(failure, address))] : [new(failure, failure.Id)];
}
