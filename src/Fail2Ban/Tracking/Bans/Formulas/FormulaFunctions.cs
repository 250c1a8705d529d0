using System.Globalization;
using System.Numerics;

namespace Fail2Ban.Tracking.Bans.Formulas;

/// <summary>The names that a formula may use.</summary>
internal static class FormulaFunctions
{
    private const int AnyCount = int.MaxValue;

    private delegate Number Function(Number[] arguments, FormulaContext context);

    private static readonly Dictionary<string, (int Least, int Most, Function Call)> Functions = new()
    {
        ["int"] = (1, 1, static (a, _) => a[0].IsInteger ? Number.Of(a[0].Integer) : Whole(Math.Truncate(a[0].Real))),
        ["float"] = (1, 1, static (a, _) => a[0].Real),
        ["abs"] = (1, 1, static (a, _) => Number.Compare(a[0], 0.0) < 0 ? -a[0] : a[0]),
        ["round"] = (1, 2, static (a, _) => Round(a)),
        ["min"] = (2, AnyCount, static (a, _) => a.Aggregate(static (x, y) => Number.Compare(y, x) < 0 ? y : x)),
        ["max"] = (2, AnyCount, static (a, _) => a.Aggregate(static (x, y) => Number.Compare(y, x) > 0 ? y : x)),
        ["pow"] = (2, 2, static (a, _) => Number.Power(a[0], a[1])),
        ["math.exp"] = (1, 1, static (a, _) => Finite(Math.Exp(a[0].Real))),
        ["math.sqrt"] = (1, 1, static (a, _) => InDomain(Math.Sqrt(a[0].Real))),
        ["math.log"] = (1, 2, static (a, _) => a.Length == 1 ? Log(a[0]) : Log(a[0]) / Log(a[1])),
        ["math.log2"] = (1, 1, static (a, _) => Positive(a[0], Math.Log2)),
        ["math.log10"] = (1, 1, static (a, _) => Positive(a[0], Math.Log10)),
        ["math.pow"] = (2, 2, static (a, _) => Number.Power(a[0].Real, a[1].Real)),
        ["math.floor"] = (1, 1, static (a, _) => a[0].IsInteger ? a[0] : Whole(Math.Floor(a[0].Real))),
        ["math.ceil"] = (1, 1, static (a, _) => a[0].IsInteger ? a[0] : Whole(Math.Ceiling(a[0].Real))),
        ["math.trunc"] = (1, 1, static (a, _) => a[0].IsInteger ? a[0] : Whole(Math.Truncate(a[0].Real))),
        ["math.fabs"] = (1, 1, static (a, _) => Math.Abs(a[0].Real)),
        ["math.fmod"] = (2, 2, static (a, _) => InDomain(a[0].Real % a[1].Real)),
        ["math.sin"] = (1, 1, static (a, _) => InDomain(Math.Sin(a[0].Real))),
        ["math.cos"] = (1, 1, static (a, _) => InDomain(Math.Cos(a[0].Real))),
        ["math.tan"] = (1, 1, static (a, _) => InDomain(Math.Tan(a[0].Real))),
        ["math.atan"] = (1, 1, static (a, _) => Math.Atan(a[0].Real)),
        ["math.tanh"] = (1, 1, static (a, _) => Math.Tanh(a[0].Real)),
        ["random.random"] = (0, 0, static (_, context) => context.Random.NextDouble()),
        ["random.uniform"] = (2, 2, static (a, context) => a[0].Real + ((a[1].Real - a[0].Real) * context.Random.NextDouble())),
        ["random.randint"] = (2, 2, static (a, context) => Range(a[0], a[1] + Number.Of(1), context)),
        ["random.randrange"] = (1, 2, static (a, context) => a.Length == 1 ? Range(Number.Of(0), a[0], context) : Range(a[0], a[1], context)),
    };

    private static readonly Dictionary<string, Func<FormulaContext, Number>> Values = new()
    {
        ["ban.Time"] = static context => context.Time,
        ["ban.Count"] = static context => context.Count,
        ["banFactor"] = static context => context.Factor,
        ["math.pi"] = static _ => Math.PI,
        ["math.e"] = static _ => Math.E,
        ["math.inf"] = static _ => double.PositiveInfinity,
        ["True"] = static _ => true,
        ["False"] = static _ => false,
    };

    public static Func<FormulaContext, Number> FindValue(string name, int position) =>
        Values.TryGetValue(name, out Func<FormulaContext, Number>? value) ? value
        : throw new FormulaException($"name '{name}' at character {position} is not supported; names are {string.Join(", ", Values.Keys)}");

    public static Func<FormulaContext, Number> Find(string name, List<Func<FormulaContext, Number>> arguments, int position)
    {
        if (!Functions.TryGetValue(name, out (int Least, int Most, Function Call) function))
            throw new FormulaException($"function '{name}' at character {position} is not supported; functions are {string.Join(", ", Functions.Keys)}");
        if (arguments.Count < function.Least || arguments.Count > function.Most)
            throw new FormulaException($"{name}() at character {position} cannot take {arguments.Count} argument(s)");
        return context => function.Call([.. arguments.Select(argument => argument(context))], context);
    }

    private static Number Round(Number[] arguments)
    {
        if (arguments.Length == 1) return arguments[0].IsInteger ? arguments[0] : Whole(Math.Round(arguments[0].Real, MidpointRounding.ToEven));
        int digits = (int)BigInteger.Max(-400, BigInteger.Min(400, arguments[1].Integer));
        if (digits < 0) throw new FormulaException("round() with negative digits is not supported");
        if (arguments[0].IsInteger) return arguments[0];

        // Python rounds the exact binary value; its decimal digits are exact in "F" too.
        double value = arguments[0].Real;
        return digits > 22 || !double.IsFinite(value) ? value
            : double.Parse(value.ToString("F" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static Number Whole(double value) =>
        double.IsFinite(value) ? Number.Of(new BigInteger(value)) : throw new FormulaException("cannot convert float infinity or NaN to integer");

    private static Number Range(Number from, Number to, FormulaContext context)
    {
        BigInteger width = to.Integer - from.Integer;
        if (width.Sign <= 0 || width > long.MaxValue) throw new FormulaException("empty range for random");
        return Number.Of(from.Integer + context.Random.NextInt64((long)width));
    }

    private static Number Log(Number value) => Positive(value, Math.Log);

    private static Number Positive(Number value, Func<double, double> function) =>
        value.Real > 0 ? function(value.Real) : throw new FormulaException("math domain error");

    private static Number InDomain(double value) => double.IsNaN(value) ? throw new FormulaException("math domain error") : value;

    private static Number Finite(double value) => double.IsInfinity(value) ? throw new FormulaException("math range error") : value;
}
