namespace Fail2Ban.Values.Expressions;

/// <summary>An expression cannot be read, or has no value.</summary>
/// <param name="reason">In Python's words where it has any.</param>
/// <param name="where">What stands where, and what could stand there; null where that is not known (a division by zero).</param>
internal sealed class ExpressionException(string reason, string? where = null) : Exception(where is null ? reason : $"{reason}: {where}")
{
    /// <summary>The message without the place: for texts that were rewritten before they were read.</summary>
    public string Reason => reason;
}
