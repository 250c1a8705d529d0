using System.Globalization;
using System.Numerics;

namespace Fail2Ban.Values.Expressions;

/// <summary>Python's functions on numbers, those of <c>math</c> and of <c>random</c>.</summary>
internal static class PythonFunctions
{
    private const int AnyCount = int.MaxValue;

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, ExpressionFunction> All { get; } = new Dictionary<string, ExpressionFunction>
    {
        ["int"] = new(1, 1, static (a, _) => a[0].IsInteger ? Number.Of(a[0].Integer) : Whole(Math.Truncate(a[0].Real))),
        ["float"] = new(1, 1, static (a, _) => a[0].Real),
        ["abs"] = new(1, 1, static (a, _) => Number.Compare(a[0], 0.0) < 0 ? -a[0] : a[0]),
        ["round"] = new(1, 2, static (a, _) => Round(a)),
        ["min"] = new(2, AnyCount, static (a, _) => a.Aggregate(static (x, y) => Number.Compare(y, x) < 0 ? y : x)),
        ["max"] = new(2, AnyCount, static (a, _) => a.Aggregate(static (x, y) => Number.Compare(y, x) > 0 ? y : x)),
        ["pow"] = new(2, 2, static (a, _) => Number.Power(a[0], a[1])),
        ["math.exp"] = new(1, 1, static (a, _) => Finite(Math.Exp(a[0].Real))),
        ["math.sqrt"] = new(1, 1, static (a, _) => InDomain(Math.Sqrt(a[0].Real))),
        ["math.log"] = new(1, 2, static (a, _) => a.Length == 1 ? Log(a[0]) : Log(a[0]) / Log(a[1])),
        ["math.log2"] = new(1, 1, static (a, _) => Positive(a[0], Math.Log2)),
        ["math.log10"] = new(1, 1, static (a, _) => Positive(a[0], Math.Log10)),
        ["math.pow"] = new(2, 2, static (a, _) => Number.Power(a[0].Real, a[1].Real)),
        ["math.floor"] = new(1, 1, static (a, _) => a[0].IsInteger ? a[0] : Whole(Math.Floor(a[0].Real))),
        ["math.ceil"] = new(1, 1, static (a, _) => a[0].IsInteger ? a[0] : Whole(Math.Ceiling(a[0].Real))),
        ["math.trunc"] = new(1, 1, static (a, _) => a[0].IsInteger ? a[0] : Whole(Math.Truncate(a[0].Real))),
        ["math.fabs"] = new(1, 1, static (a, _) => Math.Abs(a[0].Real)),
        ["math.fmod"] = new(2, 2, static (a, _) => InDomain(a[0].Real % a[1].Real)),
        ["math.sin"] = new(1, 1, static (a, _) => InDomain(Math.Sin(a[0].Real))),
        ["math.cos"] = new(1, 1, static (a, _) => InDomain(Math.Cos(a[0].Real))),
        ["math.tan"] = new(1, 1, static (a, _) => InDomain(Math.Tan(a[0].Real))),
        ["math.atan"] = new(1, 1, static (a, _) => Math.Atan(a[0].Real)),
        ["math.tanh"] = new(1, 1, static (a, _) => Math.Tanh(a[0].Real)),
        ["random.random"] = new(0, 0, static (_, random) => random.NextDouble()),
        ["random.uniform"] = new(2, 2, static (a, random) => a[0].Real + ((a[1].Real - a[0].Real) * random.NextDouble())),
        ["random.randint"] = new(2, 2, static (a, random) => Range(a[0], a[1] + Number.Of(1), random)),
        ["random.randrange"] = new(1, 2, static (a, random) => a.Length == 1 ? Range(Number.Of(0), a[0], random) : Range(a[0], a[1], random)),
        ["math.pi"] = new(ExpressionFunction.Constant, 0, static (_, _) => Math.PI),
        ["math.e"] = new(ExpressionFunction.Constant, 0, static (_, _) => Math.E),
        ["math.inf"] = new(ExpressionFunction.Constant, 0, static (_, _) => double.PositiveInfinity),
    };

    private static Number Round(Number[] arguments)
    {
        if (arguments.Length == 1) return arguments[0].IsInteger ? arguments[0] : Whole(Math.Round(arguments[0].Real, MidpointRounding.ToEven));
        int digits = (int)BigInteger.Max(-400, BigInteger.Min(400, arguments[1].Integer));
        if (digits < 0) throw new ExpressionException("round() with negative digits is not supported");
        if (arguments[0].IsInteger) return arguments[0];

        // Python rounds the exact binary value; its decimal digits are exact in "F" too.
        double value = arguments[0].Real;
        return digits > 22 || !double.IsFinite(value) ? value
            : double.Parse(value.ToString("F" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static Number Whole(double value) =>
        double.IsFinite(value) ? Number.Of(new BigInteger(value)) : throw new ExpressionException("cannot convert float infinity or NaN to integer");

    private static Number Range(Number from, Number to, Random random)
    {
        BigInteger width = to.Integer - from.Integer;
        if (width.Sign <= 0 || width > long.MaxValue) throw new ExpressionException("empty range for random");
        return Number.Of(from.Integer + random.NextInt64((long)width));
    }

    private static Number Log(Number value) => Positive(value, Math.Log);

    private static Number Positive(Number value, Func<double, double> function) =>
        value.Real > 0 ? function(value.Real) : throw new ExpressionException("math domain error");

    private static Number InDomain(double value) => double.IsNaN(value) ? throw new ExpressionException("math domain error") : value;

    private static Number Finite(double value) => double.IsInfinity(value) ? throw new ExpressionException("math range error") : value;
}
