namespace Fail2Ban.Values.Expressions;

/// <summary>A read expression: the subset of Python's that times, factors and ban time formulas are written in.</summary>
/// <remarks>
/// Numbers, the names and functions that the caller offers, arithmetic, shifts, bits, comparisons (chained too), and or
/// not, and <c>x if c else y</c>. Whatever else is refused when it is read, not when the first ban needs it. Reading and
/// computing are bounded: length, nesting and the size of numbers. Immutable; thread safety: any thread.
/// </remarks>
internal sealed class Expression
{
    // A chain of operators is a chain of calls when it is computed.
    private const int LongestText = 4000;

    private readonly Func<Scope, Number> _evaluate;

    private Expression(Func<Scope, Number> evaluate) => _evaluate = evaluate;

    /// <summary>What an expression sees while it is computed.</summary>
    internal readonly record struct Scope(Number[] Variables, Random Random);

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It cannot be read.</exception>
    public static Expression Read(string text, ExpressionNames names)
    {
        Func<Scope, Number> evaluate = new ExpressionParser(text, names).Parse(); // says more about a wrong text than its length
        return text.Length <= LongestText ? new Expression(evaluate)
            : throw new ExpressionException($"an expression of {text.Length} characters; the limit is {LongestText}");
    }

    /// <summary>Computes it.</summary>
    /// <param name="random">For the functions of <c>random</c>.</param>
    /// <param name="variables">The values of <see cref="ExpressionNames.Variables"/>.</param>
    /// <exception cref="ExpressionException">It has no value: a division by zero, a number out of range.</exception>
    public Number Evaluate(Random random, params Number[] variables) => _evaluate(new Scope(variables, random));
}
