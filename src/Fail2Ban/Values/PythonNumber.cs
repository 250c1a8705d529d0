namespace Fail2Ban.Values;

/// <summary>Numbers as Python keeps them apart: <c>600</c> is an int, <c>0.5</c> a float.</summary>
public static class PythonNumber
{
    /// <summary>A whole number as long (an int), any other as double (a float): settings without a fraction came as ints.</summary>
    public static object Of(double value)
    {
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15) return (long)value;
        return value;
    }
}
