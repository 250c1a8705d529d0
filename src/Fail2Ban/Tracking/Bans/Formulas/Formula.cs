namespace Fail2Ban.Tracking.Bans.Formulas;

/// <summary>What a formula may refer to.</summary>
internal sealed record FormulaContext(Number Time, Number Count, Number Factor, Random Random);

/// <summary>A read expression: the subset of Python's that ban time formulas are written in.</summary>
/// <remarks>
/// Numbers, <c>ban.Time</c>, <c>ban.Count</c>, <c>banFactor</c>, <c>math.*</c>, <c>random.*</c>, the functions int float
/// round min max abs pow, arithmetic, shifts, bits, comparisons (chained too), and or not, and <c>x if c else y</c>.
/// Whatever else is refused when it is read, not when the first ban needs it.
/// </remarks>
internal sealed class Formula
{
    private readonly Func<FormulaContext, Number> _evaluate;

    private Formula(string text, Func<FormulaContext, Number> evaluate)
    {
        Text = text;
        _evaluate = evaluate;
    }

    public string Text { get; }

    /// <exception cref="FormulaException">It cannot be read.</exception>
    public static Formula Parse(string text) => new(text, new FormulaParser(text).Parse());

    /// <exception cref="FormulaException">It has no value: a division by zero, a number out of range.</exception>
    public Number Evaluate(FormulaContext context) => _evaluate(context);
}
