using System.Numerics;
using Fail2Ban.Values;

namespace Fail2Ban.Tracking.Bans.Formulas;

/// <summary>A Python number: an integer of any size or a float. Truth values are the integers 0 and 1, as in Python.</summary>
internal readonly struct Number
{
    /// <summary>Larger integers are refused: a formula must not be able to fill the memory.</summary>
    private const int MaxBits = 4096;

    private readonly BigInteger _integer;
    private readonly double _real;

    private Number(BigInteger integer, double real, bool isInteger)
    {
        _integer = integer;
        _real = real;
        IsInteger = isInteger;
    }

    public bool IsInteger { get; }

    public bool IsTrue => IsInteger ? !_integer.IsZero : _real != 0;

    public double Real => IsInteger ? ToReal(_integer) : _real;

    public BigInteger Integer => IsInteger ? _integer : throw new FormulaException($"'{PythonText.Repr(_real)}' is a float where an integer is needed");

    public static implicit operator Number(double real) => new(default, real, false);

    public static implicit operator Number(bool value) => new(value ? 1 : 0, 0, true);

    public static Number Of(BigInteger integer) =>
        integer.GetBitLength() <= MaxBits ? new Number(integer, 0, true) : throw new FormulaException("integer too large");

    public static Number operator +(Number a, Number b) => Both(a, b) ? Of(a._integer + b._integer) : a.Real + b.Real;

    public static Number operator -(Number a, Number b) => Both(a, b) ? Of(a._integer - b._integer) : a.Real - b.Real;

    public static Number operator -(Number a) => a.IsInteger ? Of(-a._integer) : -a._real;

    public static Number operator *(Number a, Number b) => Both(a, b) ? Of(a._integer * b._integer) : a.Real * b.Real;

    public static Number operator /(Number a, Number b)
    {
        double divisor = b.Real;
        return divisor == 0 ? throw new FormulaException("division by zero") : a.Real / divisor;
    }

    // Python rounds towards minus infinity, and the remainder has the divisor's sign.
    public static Number FloorDivide(Number a, Number b)
    {
        if (!b.IsTrue) throw new FormulaException("integer division or modulo by zero");
        if (!Both(a, b)) return Math.Floor((a.Real - (a % b).Real) / b.Real);
        BigInteger quotient = BigInteger.DivRem(a._integer, b._integer, out BigInteger rest);
        return Of(!rest.IsZero && rest.Sign != b._integer.Sign ? quotient - 1 : quotient);
    }

    public static Number operator %(Number a, Number b)
    {
        if (!b.IsTrue) throw new FormulaException("integer modulo by zero");
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
            if (b._integer > MaxBits || a._integer.GetBitLength() * (long)b._integer > 2 * MaxBits) throw new FormulaException("integer too large");
            return Of(BigInteger.Pow(a._integer, (int)b._integer));
        }

        double result = Math.Pow(a.Real, b.Real);
        if (a.Real == 0 && b.Real < 0) throw new FormulaException("0.0 cannot be raised to a negative power");
        if (double.IsInfinity(result) && double.IsFinite(a.Real) && double.IsFinite(b.Real)) throw new FormulaException("numerical result out of range");
        return double.IsNaN(result) && !double.IsNaN(a.Real) ? throw new FormulaException("a negative number cannot be raised to a fractional power here") : result;
    }

    public static Number Shift(Number a, Number b, bool left)
    {
        BigInteger places = b.Integer;
        if (places.Sign < 0) throw new FormulaException("negative shift count");
        if (left && places > MaxBits && !a.Integer.IsZero) throw new FormulaException("integer too large");
        int count = (int)BigInteger.Min(places, 2 * MaxBits);
        return Of(left ? a.Integer << count : a.Integer >> count);
    }

    public static int Compare(Number a, Number b)
    {
        if (Both(a, b)) return a._integer.CompareTo(b._integer);
        return a.Real.CompareTo(b.Real);
    }

    private static bool Both(Number a, Number b) => a.IsInteger && b.IsInteger;

    private static double ToReal(BigInteger integer)
    {
        double real = (double)integer;
        return double.IsFinite(real) ? real : throw new FormulaException("int too large to convert to float");
    }
}
