using System.Globalization;

namespace Fail2Ban.Values;

/// <summary>Python's operators on whole numbers, floating numbers and truth values.</summary>
internal static class ArithmeticOperators
{
    // Shifts and powers beyond 64 bits have no use in a duration.
    private const string TooLarge = "the number does not fit into 64 bits";

    public static object Apply(string symbol, object left, object right)
    {
        bool whole = left is not double && right is not double;
        switch (symbol)
        {
            case "<": return Number(left) < Number(right);
            case ">": return Number(left) > Number(right);
            case "<=": return Number(left) <= Number(right);
            case ">=": return Number(left) >= Number(right);
            case "==": return Number(left) == Number(right);
            case "!=": return Number(left) != Number(right);
            case "/": return Number(right) == 0 ? throw new ArithmeticException("division by zero") : Number(left) / Number(right);
            case "<<" or ">>" or "&" or "|" or "^":
                if (!whole) throw new ArithmeticException($"unsupported operand type(s) for {symbol}: '{TypeName(left)}' and '{TypeName(right)}'");
                return Bits(symbol, Whole(left), Whole(right));
            default: return whole ? Exact(symbol, Whole(left), Whole(right)) : Floating(symbol, Number(left), Number(right));
        }
    }

    public static object Negate(object value) => value is double number ? -number : Exact("-", 0, Whole(value));

    public static object Invert(object value) => value is double ? throw new ArithmeticException("bad operand type for unary ~: 'float'") : ~Whole(value);

    public static bool IsTrue(object value) => Number(value) != 0;

    private static double Number(object value) => value is bool flag ? (flag ? 1 : 0) : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private static long Whole(object value) => value is bool flag ? (flag ? 1 : 0) : (long)value;

    private static string TypeName(object value) => value is double ? "float" : value is bool ? "bool" : "int";

    private static long Bits(string symbol, long left, long right)
    {
        switch (symbol)
        {
            case "&": return left & right;
            case "|": return left | right;
            case "^": return left ^ right;
        }

        if (right < 0) throw new ArithmeticException("negative shift count");
        if (symbol == ">>") return right > 63 ? (left < 0 ? -1L : 0L) : left >> (int)right;
        if (left == 0) return 0L;
        return right < 63 && left << (int)right >> (int)right == left ? left << (int)right : throw new ArithmeticException(TooLarge);
    }

    private static object Exact(string symbol, long left, long right)
    {
        try
        {
            checked
            {
                switch (symbol)
                {
                    case "+": return left + right;
                    case "-": return left - right;
                    case "*": return left * right;
                    case "**" when right < 0: return Floating("**", left, right);
                    case "**": return Power(left, right);
                }

                if (right == 0) throw new ArithmeticException(symbol == "%" ? "integer modulo by zero" : "integer division or modulo by zero");
                long quotient = right == -1 ? -left : left / right;
                long rest = right == -1 ? 0 : left % right;
                bool floors = rest != 0 && (rest < 0) != (right < 0);
                if (symbol == "//") return floors ? quotient - 1 : quotient;
                return floors ? rest + right : rest;
            }
        }
        catch (OverflowException)
        {
            throw new ArithmeticException(TooLarge);
        }
    }

    private static long Power(long value, long exponent)
    {
        if (value is 0 or 1 || exponent == 0) return exponent == 0 ? 1L : value;
        if (value == -1) return exponent % 2 == 0 ? 1L : -1L;
        long result = 1;
        for (long i = 0; i < exponent; i++) result = checked(result * value);
        return result;
    }

    private static double Floating(string symbol, double left, double right)
    {
        if (right == 0 && symbol is "//" or "%") throw new ArithmeticException(symbol == "%" ? "float modulo" : "float floor division by zero");
        double value = symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "//" => Math.Floor(left / right),
            "%" => left - (right * Math.Floor(left / right)),
            "**" when left == 0 && right < 0 => throw new ArithmeticException("0.0 cannot be raised to a negative power"),
            "**" => Math.Pow(left, right),
            _ => throw new ArithmeticException($"invalid syntax: {symbol}"),
        };
        if (double.IsNaN(value)) throw new ArithmeticException("the result is not a number");
        return symbol == "**" && double.IsInfinity(value) && !double.IsInfinity(left) ? throw new ArithmeticException("(34, 'Numerical result out of range')") : value;
    }
}
