using System.Numerics;

namespace Fail2Ban.Values.Expressions;

/// <summary>A Python number: an integer of any size, a float, or a truth value, which counts as the integer 0 or 1.</summary>
internal readonly struct Number
{
    /// <summary>Larger integers are refused: an expression must not be able to fill the memory.</summary>
    private const int MaxBits = 4096;

    private readonly BigInteger _integer;
    private readonly double _real;
    private readonly bool _isTruth;

    private Number(BigInteger integer, double real, bool isInteger, bool isTruth = false)
    {
        _integer = integer;
        _real = real;
        _isTruth = isTruth;
        IsInteger = isInteger;
    }

    public bool IsInteger { get; }

    public bool IsTrue => IsInteger ? !_integer.IsZero : _real != 0;

    public double Real => IsInteger ? ToReal(_integer) : _real;

    public BigInteger Integer => IsInteger ? _integer : throw new ExpressionException("'float' object cannot be interpreted as an integer", PythonText.Repr(_real));

    public static implicit operator Number(double real) => new(default, real, false);

    public static implicit operator Number(bool value) => new(value ? 1 : 0, 0, true, isTruth: true);

    public static Number Of(BigInteger integer) =>
        integer.GetBitLength() <= MaxBits ? new Number(integer, 0, true) : throw new ExpressionException("integer too large");

    public static Number operator +(Number a, Number b) => Both(a, b) ? Of(a._integer + b._integer) : a.Real + b.Real;

    public static Number operator -(Number a, Number b) => Both(a, b) ? Of(a._integer - b._integer) : a.Real - b.Real;

    public static Number operator -(Number a) => a.IsInteger ? Of(-a._integer) : -a._real;

    public static Number operator +(Number a) => a.IsInteger ? Of(a._integer) : a;

    public static Number operator ~(Number a) => a.IsInteger ? Of(-a._integer - 1) : throw new ExpressionException("bad operand type for unary ~: 'float'");

    public static Number operator *(Number a, Number b) => Both(a, b) ? Of(a._integer * b._integer) : a.Real * b.Real;

    public static Number operator /(Number a, Number b)
    {
        double divisor = b.Real;
        return divisor == 0 ? throw new ExpressionException(Both(a, b) ? "division by zero" : "float division by zero") : a.Real / divisor;
    }

    // Python rounds towards minus infinity, and the remainder has the divisor's sign.
    public static Number FloorDivide(Number a, Number b)
    {
        if (!b.IsTrue) throw new ExpressionException(Both(a, b) ? "integer division or modulo by zero" : "float floor division by zero");
        if (Both(a, b))
        {
            BigInteger quotient = BigInteger.DivRem(a._integer, b._integer, out BigInteger rest);
            return Of(!rest.IsZero && rest.Sign != b._integer.Sign ? quotient - 1 : quotient);
        }

        // The exact quotient is whole; its float may lie just below.
        double real = (a.Real - (a % b).Real) / b.Real;
        double floor = Math.Floor(real);
        return real - floor > 0.5 ? floor + 1 : floor;
    }

    public static Number operator %(Number a, Number b)
    {
        if (!b.IsTrue) throw new ExpressionException(Both(a, b) ? "integer modulo by zero" : "float modulo");
        if (Both(a, b))
        {
            BigInteger rest = BigInteger.Remainder(a._integer, b._integer);
            return Of(!rest.IsZero && rest.Sign != b._integer.Sign ? rest + b._integer : rest);
        }

        double real = a.Real % b.Real;
        return real != 0 && real < 0 != b.Real < 0 ? real + b.Real : real;
    }

    public static Number Power(Number a, Number b)
    {
        if (Both(a, b) && b._integer.Sign >= 0)
        {
            if (BigInteger.Abs(a._integer).IsOne) return Of(b._integer.IsEven ? 1 : a._integer);
            if (a._integer.IsZero) return Of(b._integer.IsZero ? 1 : 0);
            if (b._integer > MaxBits || a._integer.GetBitLength() * (long)b._integer > 2 * MaxBits) throw new ExpressionException("integer too large");
            return Of(BigInteger.Pow(a._integer, (int)b._integer));
        }

        if (a.Real == 0 && b.Real < 0) throw new ExpressionException("0.0 cannot be raised to a negative power");
        double result = Math.Pow(a.Real, b.Real);
        if (double.IsInfinity(result) && double.IsFinite(a.Real) && double.IsFinite(b.Real)) throw new ExpressionException("(34, 'Numerical result out of range')");
        return double.IsNaN(result) && !double.IsNaN(a.Real) ? throw new ExpressionException("a negative number cannot be raised to a fractional power here") : result;
    }

    public static Number ShiftLeft(Number a, Number b)
    {
        int places = Places("<<", a, b);
        return places > MaxBits && !a._integer.IsZero ? throw new ExpressionException("integer too large") : Of(a._integer << places);
    }

    public static Number ShiftRight(Number a, Number b)
    {
        int places = Places(">>", a, b);
        return Of(a._integer >> places);
    }

    public static Number And(Number a, Number b) => Bits(Whole("&", a, b) & b._integer, a, b);

    public static Number Or(Number a, Number b) => Bits(Whole("|", a, b) | b._integer, a, b);

    public static Number ExclusiveOr(Number a, Number b) => Bits(Whole("^", a, b) ^ b._integer, a, b);

    public static int Compare(Number a, Number b)
    {
        if (Both(a, b)) return a._integer.CompareTo(b._integer);
        return a.Real.CompareTo(b.Real);
    }

    /// <summary>As bool, long or double; null where an integer does not fit into 64 bits.</summary>
    public object? ToObject()
    {
        if (_isTruth) return IsTrue;
        if (!IsInteger) return _real;
        return _integer >= long.MinValue && _integer <= long.MaxValue ? (long)_integer : null;
    }

    private static bool Both(Number a, Number b) => a.IsInteger && b.IsInteger;

    // Of two truth values it is one again.
    private static Number Bits(BigInteger bits, Number a, Number b) => a._isTruth && b._isTruth ? !bits.IsZero : Of(bits);

    private static BigInteger Whole(string symbol, Number a, Number b) =>
        Both(a, b) ? a._integer : throw new ExpressionException($"unsupported operand type(s) for {symbol}: '{a.TypeName}' and '{b.TypeName}'");

    private static int Places(string symbol, Number a, Number b)
    {
        Whole(symbol, a, b);
        if (b._integer.Sign < 0) throw new ExpressionException("negative shift count");
        return (int)BigInteger.Min(b._integer, 2 * MaxBits);
    }

    private string TypeName => _isTruth ? "bool" : IsInteger ? "int" : "float";

    private static double ToReal(BigInteger integer)
    {
        double real = (double)integer;
        return double.IsFinite(real) ? real : throw new ExpressionException("int too large to convert to float");
    }
}
