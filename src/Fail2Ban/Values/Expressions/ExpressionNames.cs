namespace Fail2Ban.Values.Expressions;

/// <summary>What an expression may refer to, beside <c>True</c> and <c>False</c>.</summary>
/// <param name="Variables">Their values are given to <see cref="Expression.Evaluate"/> in this order.</param>
/// <param name="Functions">By name, with the number of arguments that each takes.</param>
internal sealed record ExpressionNames(IReadOnlyList<string> Variables, IReadOnlyDictionary<string, ExpressionFunction> Functions)
{
    /// <summary>Nothing: numbers and operators only.</summary>
    public static ExpressionNames None { get; } = new([], new Dictionary<string, ExpressionFunction>());
}

/// <summary>A function that expressions may call; a function without arguments and parentheses is a constant.</summary>
/// <param name="Least">The fewest arguments; <see cref="Constant"/> for a constant.</param>
/// <param name="Most">The most arguments.</param>
/// <param name="Call">Its value; throws <see cref="ExpressionException"/> where it has none.</param>
internal sealed record ExpressionFunction(int Least, int Most, Func<Number[], Random, Number> Call)
{
    /// <summary>The number of arguments of a constant.</summary>
    public const int Constant = -1;
}
