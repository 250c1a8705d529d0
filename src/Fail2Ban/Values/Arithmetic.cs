namespace Fail2Ban.Values;

/// <summary>
/// Evaluates Python arithmetic on numbers (durations, ban-time factors and formulas) without Python: no statement, no
/// attribute, nothing but operators and the names that the caller offers.
/// </summary>
public static class Arithmetic
{
    // Each operator is one level of the stack when the expression is computed.
    private const int LongestExpression = 4000;

    /// <summary>Evaluates an expression.</summary>
    /// <param name="expression">
    /// Numbers, <c>+ - * / // % ** &lt;&lt; &gt;&gt; &amp; | ^ ~</c>, comparisons, <c>and or not</c>, <c>a if c else b</c>, parentheses, names and calls.
    /// </param>
    /// <param name="value">long, double or bool.</param>
    /// <param name="error">One sentence in Python's words where it has any; empty on success.</param>
    /// <param name="name">Gives the value (long, double, bool) of a name such as <c>ban.Time</c>; null where there is none of that name.</param>
    /// <param name="call">Gives the result of a function such as <c>math.exp</c> for its arguments; null where there is none of that name.</param>
    public static bool TryEvaluate(
        string expression,
        out object value,
        out string error,
        Func<string, object?>? name = null,
        Func<string, IReadOnlyList<object>, object?>? call = null)
    {
        value = 0L;
        error = $"an expression of {expression.Length} characters; the limit is {LongestExpression}";
        if (expression.Length > LongestExpression) return false;
        try
        {
            value = new ArithmeticParser(expression, name, call).Run();
            error = "";
            return true;
        }
        catch (ArithmeticException failure)
        {
            error = failure.Message;
            return false;
        }
    }
}
