using System.Globalization;
using System.Numerics;
using Fail2Ban.Values;
using Fail2Ban.Values.Expressions;

namespace Fail2Ban.Tracking.Bans;

/// <summary>The options <c>bantime.*</c> of a jail: longer bans for those who come back.</summary>
/// <remarks>Owned by one jail loop; not thread-safe.</remarks>
public sealed class BanTimeIncrement
{
    // What formulas and factors may refer to; see Evaluate.
    private static readonly ExpressionNames Names = new(["ban.Time", "ban.Count", "banFactor"], PythonFunctions.All);

    private static readonly Expression Default = Read("ban.Time * (1<<(ban.Count if ban.Count<20 else 20)) * banFactor");

    private readonly Random _random;
    private readonly Dictionary<string, string> _texts = [];
    private Number _factor = Number.Of(1);
    private Expression? _formula; // null: the default one, or one that could not be read while multipliers made it idle
    private string? _formulaError;
    private BigInteger[] _multipliers = [];
    private double? _maxTime;
    private double? _randomTime;

    /// <summary>All options unset.</summary>
    /// <param name="random">For <c>rndtime</c> and formulas; null takes the shared one.</param>
    public BanTimeIncrement(Random? random = null) => _random = random ?? Random.Shared;

    /// <summary><c>bantime.increment</c>.</summary>
    public bool Enabled { get; private set; }

    /// <summary><c>bantime.overalljails</c>: bans of all jails count.</summary>
    public bool OverallJails { get; private set; }

    /// <summary><c>bantime.maxtime</c>; null where unset.</summary>
    public BanTime? MaxTime => _maxTime is { } seconds ? new BanTime(seconds) : null;

    /// <summary>Sets an option from its text.</summary>
    /// <param name="option">increment, factor, formula, multipliers, maxtime, rndtime or overalljails (without <c>bantime.</c>).</param>
    /// <param name="value">As written in the configuration; an empty one unsets the option.</param>
    /// <returns>Null, or the sentence that says what cannot be taken and where; the option then keeps its value.</returns>
    public string? Set(string option, string value)
    {
        string? error = option switch
        {
            "increment" => SetEnabled(value),
            "overalljails" => SetOverallJails(value),
            "factor" => SetFactor(value),
            "multipliers" => SetMultipliers(value),
            "formula" => SetFormula(value),
            "maxtime" or "rndtime" => SetTime(option, value),
            _ => $"unknown option 'bantime.{option}': increment, factor, formula, multipliers, maxtime, rndtime and overalljails are known",
        };
        if (error is not null) return error;
        if (value.Length == 0) _texts.Remove(option);
        else _texts[option] = value;
        return null;
    }

    /// <summary>Sets <c>maxtime</c> or <c>rndtime</c>, whose time text the caller has read.</summary>
    /// <param name="option">maxtime or rndtime.</param>
    /// <param name="seconds">Null unsets it.</param>
    /// <returns>Null, or the sentence that says what is wrong.</returns>
    public string? SetSeconds(string option, double? seconds)
    {
        if (option == "maxtime") _maxTime = seconds;
        else if (option == "rndtime") _randomTime = seconds;
        else return $"bantime.{option} is no time";
        return null;
    }

    private string? SetTime(string option, string value)
    {
        if (value.Length == 0) return SetSeconds(option, null);
        return Duration.TryParseSeconds(value, out double seconds, out string error) ? SetSeconds(option, seconds) : error;
    }

    /// <summary>An option as <c>get J bantime.X</c> answers: a bool, a string, a number of seconds, or null where unset.</summary>
    public object? Get(string option) => option switch
    {
        "increment" => _texts.ContainsKey(option) ? Enabled : null,
        "maxtime" => Seconds(_maxTime),
        "rndtime" => Seconds(_randomTime),
        _ => _texts.GetValueOrDefault(option),
    };

    /// <summary>The ban time of an id that was banned before.</summary>
    /// <param name="jail">The jail's ban time.</param>
    /// <param name="count">How often it was banned before; at least 1.</param>
    /// <param name="error">What went wrong in the formula (then the time is the jail's), else null.</param>
    public BanTime Calculate(BanTime jail, int count, out string? error)
    {
        error = null;
        try
        {
            double seconds = _multipliers.Length > 0
                ? (InSeconds(jail) * _factor * Number.Of(_multipliers[Math.Min(count, _multipliers.Length - 1)])).Real
                : Math.Max(jail.Seconds, Evaluate(_formula ?? Default, InSeconds(jail), count, _factor).Real);
            if (!double.IsFinite(seconds)) throw new ExpressionException($"the result is {seconds}");
            if (_maxTime is { } most) seconds = Math.Min(seconds, most);
            if (_randomTime is { } spread) seconds += _random.NextDouble() * spread;
            return new BanTime(seconds);
        }
        catch (ExpressionException exception)
        {
            error = exception.Message;
            return jail;
        }
    }

    private string? SetEnabled(string value)
    {
        Enabled = IsTrue(value);
        return null;
    }

    private string? SetOverallJails(string value)
    {
        OverallJails = IsTrue(value);
        return null;
    }

    private string? SetFactor(string value)
    {
        try
        {
            _factor = value.Length == 0
                ? Number.Of(1)
                : Evaluate(Read(value), Number.Of(600), 1, Number.Of(1));
            return null;
        }
        catch (ExpressionException exception)
        {
            return $"bantime.factor = {value}: {exception.Message}";
        }
    }

    private string? SetMultipliers(string value)
    {
        // Separated by single spaces, as the original splits them.
        string[] words = value.Length == 0 ? [] : value.Split(' ');
        var multipliers = new BigInteger[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            if (!BigInteger.TryParse(words[i].Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out multipliers[i]))
                return $"invalid literal for int() with base 10: '{words[i]}'";
        }

        _multipliers = multipliers;
        return _multipliers.Length == 0 ? _formulaError : null;
    }

    private string? SetFormula(string value)
    {
        try
        {
            Expression? formula = value.Length == 0 ? null : Read(value);

            // A division by zero only shows with numbers; the first ban is too late to hear of it, so ask at once.
            if (formula is not null) Evaluate(formula, Number.Of(600), 1, _factor);
            _formula = formula;
            _formulaError = null;
            return null;
        }
        catch (ExpressionException exception)
        {
            string error = $"bantime.formula = {value}: {exception.Message}";
            if (_multipliers.Length == 0) return error;
            _formula = null;
            _formulaError = error; // it is not used as long as there are multipliers
            return null;
        }
    }

    private static Expression Read(string text) => Expression.Read(text, Names);

    private Number Evaluate(Expression expression, Number time, int count, Number factor) => expression.Evaluate(_random, time, Number.Of(count), factor);

    private static Number InSeconds(BanTime time) =>
        time.Seconds == Math.Floor(time.Seconds) ? Number.Of(new BigInteger(time.Seconds)) : time.Seconds;

    private static object? Seconds(double? value) => value is { } seconds && seconds == Math.Floor(seconds) ? (object)(long)seconds : value;

    private static bool IsTrue(string value) => value.ToLowerInvariant() is "1" or "on" or "true" or "yes";
}
