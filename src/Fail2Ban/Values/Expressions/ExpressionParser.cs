using System.Globalization;

namespace Fail2Ban.Values.Expressions;

/// <summary>Recursive descent in the order of Python's precedence, the weakest first.</summary>
internal sealed class ExpressionParser(string text, ExpressionNames names)
{
    private const int MaxDepth = 64;

    private readonly List<ExpressionToken> _tokens = ExpressionToken.Split(text);
    private int _at;
    private int _depth;

    private ExpressionToken Current => _tokens[_at];

    public Func<Expression.Scope, Number> Parse()
    {
        Func<Expression.Scope, Number> expression = Conditional();
        return Current.Kind == TokenKind.End ? expression : throw Unexpected();
    }

    private Func<Expression.Scope, Number> Conditional()
    {
        if (++_depth > MaxDepth) throw new ExpressionException("too many nested parentheses", $"more than {MaxDepth} nested parts at character {Current.Position}");
        Func<Expression.Scope, Number> value = Or();
        if (Accept("if"))
        {
            Func<Expression.Scope, Number> yes = value;
            Func<Expression.Scope, Number> condition = Or();
            Expect("else");
            Func<Expression.Scope, Number> no = Conditional();
            value = context => condition(context).IsTrue ? yes(context) : no(context);
        }

        _depth--;
        return value;
    }

    private Func<Expression.Scope, Number> Or()
    {
        Func<Expression.Scope, Number> left = And();
        while (Accept("or")) left = Pair(left, And(), static (a, b, context) => a(context) is { IsTrue: true } value ? value : b(context));
        return left;
    }

    private Func<Expression.Scope, Number> And()
    {
        Func<Expression.Scope, Number> left = Not();
        while (Accept("and")) left = Pair(left, Not(), static (a, b, context) => a(context) is { IsTrue: false } value ? value : b(context));
        return left;
    }

    private Func<Expression.Scope, Number> Not()
    {
        int count = 0;
        while (Accept("not")) count++;
        Func<Expression.Scope, Number> operand = Comparison();
        if (count == 0) return operand;
        bool negate = count % 2 == 1;
        return context => operand(context).IsTrue != negate;
    }

    private Func<Expression.Scope, Number> Comparison()
    {
        Func<Expression.Scope, Number> first = Bits();
        var chain = new List<(string Operator, Func<Expression.Scope, Number> Operand)>();
        while (Current is { Kind: TokenKind.Operator, Text: "<" or ">" or "<=" or ">=" or "==" or "!=" }) chain.Add((Next().Text, Bits()));
        if (chain.Count == 0) return first;
        return context =>
        {
            Number left = first(context);
            foreach ((string comparison, Func<Expression.Scope, Number> operand) in chain)
            {
                Number right = operand(context);
                if (!Holds(comparison, Number.Compare(left, right))) return false;
                left = right;
            }

            return true;
        };
    }

    private Func<Expression.Scope, Number> Bits()
    {
        Func<Expression.Scope, Number> left = BitsXor();
        while (Accept("|")) left = Pair(left, BitsXor(), static (a, b, context) => Number.Or(a(context), b(context)));
        return left;
    }

    private Func<Expression.Scope, Number> BitsXor()
    {
        Func<Expression.Scope, Number> left = BitsAnd();
        while (Accept("^")) left = Pair(left, BitsAnd(), static (a, b, context) => Number.ExclusiveOr(a(context), b(context)));
        return left;
    }

    private Func<Expression.Scope, Number> BitsAnd()
    {
        Func<Expression.Scope, Number> left = Shift();
        while (Accept("&")) left = Pair(left, Shift(), static (a, b, context) => Number.And(a(context), b(context)));
        return left;
    }

    private Func<Expression.Scope, Number> Shift()
    {
        Func<Expression.Scope, Number> left = Sum();
        while (true)
        {
            if (Accept("<<")) left = Pair(left, Sum(), static (a, b, context) => Number.ShiftLeft(a(context), b(context)));
            else if (Accept(">>")) left = Pair(left, Sum(), static (a, b, context) => Number.ShiftRight(a(context), b(context)));
            else return left;
        }
    }

    private Func<Expression.Scope, Number> Sum()
    {
        Func<Expression.Scope, Number> left = Product();
        while (true)
        {
            if (Accept("+")) left = Pair(left, Product(), static (a, b, context) => a(context) + b(context));
            else if (Accept("-")) left = Pair(left, Product(), static (a, b, context) => a(context) - b(context));
            else return left;
        }
    }

    private Func<Expression.Scope, Number> Product()
    {
        Func<Expression.Scope, Number> left = Sign();
        while (true)
        {
            if (Accept("*")) left = Pair(left, Sign(), static (a, b, context) => a(context) * b(context));
            else if (Accept("//")) left = Pair(left, Sign(), static (a, b, context) => Number.FloorDivide(a(context), b(context)));
            else if (Accept("/")) left = Pair(left, Sign(), static (a, b, context) => a(context) / b(context));
            else if (Accept("%")) left = Pair(left, Sign(), static (a, b, context) => a(context) % b(context));
            else return left;
        }
    }

    private Func<Expression.Scope, Number> Sign()
    {
        if (++_depth > MaxDepth) throw new ExpressionException("too many nested parentheses", $"more than {MaxDepth} nested parts at character {Current.Position}");
        Func<Expression.Scope, Number> result = Accept("-") ? Apply(Sign(), static value => -value)
            : Accept("+") ? Apply(Sign(), static value => +value)
            : Accept("~") ? Apply(Sign(), static value => ~value)
            : Power();
        _depth--;
        return result;
    }

    // Binds stronger than a sign on its left and weaker than one on its right, and goes from right to left.
    private Func<Expression.Scope, Number> Power()
    {
        Func<Expression.Scope, Number> left = Atom();
        return Accept("**") ? Pair(left, Sign(), static (a, b, context) => Number.Power(a(context), b(context))) : left;
    }

    private Func<Expression.Scope, Number> Atom()
    {
        ExpressionToken token = Next();
        if (token.Kind == TokenKind.Number) return _ => token.Value;
        if (token is { Kind: TokenKind.Operator, Text: "(" })
        {
            Func<Expression.Scope, Number> inner = Conditional();
            return Accept(")") ? inner : throw (Current.Kind == TokenKind.End
                ? new ExpressionException("'(' was never closed", $"'(' at character {token.Position}") : Unexpected(", ')' was expected"));
        }

        if (token.Kind != TokenKind.Name)
        {
            _at--;
            throw Unexpected();
        }

        string name = token.Text;
        while (Accept(".")) name += "." + ExpectName();
        return Accept("(") ? Call(name, Arguments(), token.Position) : Value(name, token.Position);
    }

    private List<Func<Expression.Scope, Number>> Arguments()
    {
        var arguments = new List<Func<Expression.Scope, Number>>();
        while (!Accept(")"))
        {
            arguments.Add(Conditional());
            if (Accept(",")) continue;
            Expect(")");
            break;
        }

        return arguments;
    }

    private static Func<Expression.Scope, Number> Apply(Func<Expression.Scope, Number> operand, Func<Number, Number> operation) =>
        context => operation(operand(context));

    private static Func<Expression.Scope, Number> Pair(
        Func<Expression.Scope, Number> a,
        Func<Expression.Scope, Number> b,
        Func<Func<Expression.Scope, Number>, Func<Expression.Scope, Number>, Expression.Scope, Number> operation) =>
        context => operation(a, b, context);

    private static bool Holds(string comparison, int order) => comparison switch
    {
        "<" => order < 0,
        ">" => order > 0,
        "<=" => order <= 0,
        ">=" => order >= 0,
        "==" => order == 0,
        _ => order != 0,
    };

    private ExpressionToken Next()
    {
        ExpressionToken token = Current;
        if (token.Kind != TokenKind.End) _at++;
        else throw Unexpected();
        return token;
    }

    private bool Accept(string word)
    {
        if (Current.Kind is TokenKind.Number or TokenKind.End || Current.Text != word) return false;
        _at++;
        return true;
    }

    private void Expect(string word)
    {
        if (!Accept(word)) throw Unexpected($", '{word}' was expected");
    }

    private string ExpectName() => Current.Kind == TokenKind.Name ? Next().Text : throw Unexpected(", a name was expected");

    private Func<Expression.Scope, Number> Value(string name, int position)
    {
        if (name is "True" or "False") return name is "True" ? static _ => true : static _ => false;
        for (int i = 0; i < names.Variables.Count; i++)
        {
            int index = i;
            if (names.Variables[i] == name) return scope => scope.Variables[index];
        }

        if (names.Functions.TryGetValue(name, out ExpressionFunction? constant) && constant.Least == ExpressionFunction.Constant)
            return scope => constant.Call([], scope.Random);
        IEnumerable<string> known = names.Variables.Concat(names.Functions.Where(known => known.Value.Least == ExpressionFunction.Constant).Select(known => known.Key));
        throw new ExpressionException($"name '{name}' is not defined", $"'{name}' at character {position} is not supported; names are {string.Join(", ", known)}");
    }

    private Func<Expression.Scope, Number> Call(string name, List<Func<Expression.Scope, Number>> arguments, int position)
    {
        if (!names.Functions.TryGetValue(name, out ExpressionFunction? function) || function.Least == ExpressionFunction.Constant)
        {
            IEnumerable<string> known = names.Functions.Where(known => known.Value.Least != ExpressionFunction.Constant).Select(known => known.Key);
            throw new ExpressionException($"name '{name}' is not defined", $"function '{name}' at character {position} is not supported; functions are {string.Join(", ", known)}");
        }

        if (arguments.Count < function.Least || arguments.Count > function.Most)
            throw new ExpressionException($"{name}() cannot take {arguments.Count} argument(s)", $"'{name}' at character {position}");
        return scope => function.Call([.. arguments.Select(argument => argument(scope))], scope.Random);
    }

    private ExpressionException Unexpected(string more = "") => new(
        "invalid syntax", string.Create(CultureInfo.InvariantCulture, $"'{Current.Text}' at character {Current.Position}{more}"));
}
