using System.Globalization;

namespace Fail2Ban.Tracking.Bans.Formulas;

/// <summary>Recursive descent in the order of Python's precedence, the weakest first.</summary>
internal sealed class FormulaParser(string text)
{
    private const int MaxDepth = 64;

    private readonly List<FormulaToken> _tokens = FormulaToken.Split(text);
    private int _at;
    private int _depth;

    private FormulaToken Current => _tokens[_at];

    public Func<FormulaContext, Number> Parse()
    {
        Func<FormulaContext, Number> expression = Conditional();
        return Current.Kind == TokenKind.End ? expression : throw Unexpected();
    }

    private Func<FormulaContext, Number> Conditional()
    {
        if (++_depth > MaxDepth) throw new FormulaException($"more than {MaxDepth} nested parts at character {Current.Position}");
        Func<FormulaContext, Number> value = Or();
        if (Accept("if"))
        {
            Func<FormulaContext, Number> yes = value;
            Func<FormulaContext, Number> condition = Or();
            Expect("else");
            Func<FormulaContext, Number> no = Conditional();
            value = context => condition(context).IsTrue ? yes(context) : no(context);
        }

        _depth--;
        return value;
    }

    private Func<FormulaContext, Number> Or()
    {
        Func<FormulaContext, Number> left = And();
        while (Accept("or")) left = Pair(left, And(), static (a, b, context) => a(context) is { IsTrue: true } value ? value : b(context));
        return left;
    }

    private Func<FormulaContext, Number> And()
    {
        Func<FormulaContext, Number> left = Not();
        while (Accept("and")) left = Pair(left, Not(), static (a, b, context) => a(context) is { IsTrue: false } value ? value : b(context));
        return left;
    }

    private Func<FormulaContext, Number> Not()
    {
        int count = 0;
        while (Accept("not")) count++;
        Func<FormulaContext, Number> operand = Comparison();
        if (count == 0) return operand;
        bool negate = count % 2 == 1;
        return context => operand(context).IsTrue != negate;
    }

    private Func<FormulaContext, Number> Comparison()
    {
        Func<FormulaContext, Number> first = Bits();
        var chain = new List<(string Operator, Func<FormulaContext, Number> Operand)>();
        while (Current is { Kind: TokenKind.Operator, Text: "<" or ">" or "<=" or ">=" or "==" or "!=" }) chain.Add((Next().Text, Bits()));
        if (chain.Count == 0) return first;
        return context =>
        {
            Number left = first(context);
            foreach ((string comparison, Func<FormulaContext, Number> operand) in chain)
            {
                Number right = operand(context);
                if (!Holds(comparison, Number.Compare(left, right))) return false;
                left = right;
            }

            return true;
        };
    }

    private Func<FormulaContext, Number> Bits()
    {
        Func<FormulaContext, Number> left = BitsXor();
        while (Accept("|")) left = Pair(left, BitsXor(), static (a, b, context) => Number.Of(a(context).Integer | b(context).Integer));
        return left;
    }

    private Func<FormulaContext, Number> BitsXor()
    {
        Func<FormulaContext, Number> left = BitsAnd();
        while (Accept("^")) left = Pair(left, BitsAnd(), static (a, b, context) => Number.Of(a(context).Integer ^ b(context).Integer));
        return left;
    }

    private Func<FormulaContext, Number> BitsAnd()
    {
        Func<FormulaContext, Number> left = Shift();
        while (Accept("&")) left = Pair(left, Shift(), static (a, b, context) => Number.Of(a(context).Integer & b(context).Integer));
        return left;
    }

    private Func<FormulaContext, Number> Shift()
    {
        Func<FormulaContext, Number> left = Sum();
        while (true)
        {
            if (Accept("<<")) left = Pair(left, Sum(), static (a, b, context) => Number.Shift(a(context), b(context), left: true));
            else if (Accept(">>")) left = Pair(left, Sum(), static (a, b, context) => Number.Shift(a(context), b(context), left: false));
            else return left;
        }
    }

    private Func<FormulaContext, Number> Sum()
    {
        Func<FormulaContext, Number> left = Product();
        while (true)
        {
            if (Accept("+")) left = Pair(left, Product(), static (a, b, context) => a(context) + b(context));
            else if (Accept("-")) left = Pair(left, Product(), static (a, b, context) => a(context) - b(context));
            else return left;
        }
    }

    private Func<FormulaContext, Number> Product()
    {
        Func<FormulaContext, Number> left = Sign();
        while (true)
        {
            if (Accept("*")) left = Pair(left, Sign(), static (a, b, context) => a(context) * b(context));
            else if (Accept("//")) left = Pair(left, Sign(), static (a, b, context) => Number.FloorDivide(a(context), b(context)));
            else if (Accept("/")) left = Pair(left, Sign(), static (a, b, context) => a(context) / b(context));
            else if (Accept("%")) left = Pair(left, Sign(), static (a, b, context) => a(context) % b(context));
            else return left;
        }
    }

    private Func<FormulaContext, Number> Sign()
    {
        if (++_depth > MaxDepth) throw new FormulaException($"more than {MaxDepth} nested parts at character {Current.Position}");
        Func<FormulaContext, Number> result = Accept("-") ? Apply(Sign(), static value => -value)
            : Accept("+") ? Apply(Sign(), static value => value.IsInteger ? Number.Of(value.Integer) : value)
            : Accept("~") ? Apply(Sign(), static value => Number.Of(-value.Integer - 1))
            : Power();
        _depth--;
        return result;
    }

    // Binds stronger than a sign on its left and weaker than one on its right, and goes from right to left.
    private Func<FormulaContext, Number> Power()
    {
        Func<FormulaContext, Number> left = Atom();
        return Accept("**") ? Pair(left, Sign(), static (a, b, context) => Number.Power(a(context), b(context))) : left;
    }

    private Func<FormulaContext, Number> Atom()
    {
        FormulaToken token = Next();
        if (token.Kind == TokenKind.Number) return _ => token.Value;
        if (token is { Kind: TokenKind.Operator, Text: "(" })
        {
            Func<FormulaContext, Number> inner = Conditional();
            Expect(")");
            return inner;
        }

        if (token.Kind != TokenKind.Name)
        {
            _at--;
            throw Unexpected();
        }

        string name = token.Text;
        while (Accept(".")) name += "." + ExpectName();
        return Accept("(") ? FormulaFunctions.Find(name, Arguments(), token.Position) : FormulaFunctions.FindValue(name, token.Position);
    }

    private List<Func<FormulaContext, Number>> Arguments()
    {
        var arguments = new List<Func<FormulaContext, Number>>();
        while (!Accept(")"))
        {
            arguments.Add(Conditional());
            if (Accept(",")) continue;
            Expect(")");
            break;
        }

        return arguments;
    }

    private static Func<FormulaContext, Number> Apply(Func<FormulaContext, Number> operand, Func<Number, Number> operation) =>
        context => operation(operand(context));

    private static Func<FormulaContext, Number> Pair(
        Func<FormulaContext, Number> a,
        Func<FormulaContext, Number> b,
        Func<Func<FormulaContext, Number>, Func<FormulaContext, Number>, FormulaContext, Number> operation) =>
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

    private FormulaToken Next()
    {
        FormulaToken token = Current;
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

    private FormulaException Unexpected(string more = "") => new(string.Create(
        CultureInfo.InvariantCulture, $"invalid syntax: '{Current.Text}' at character {Current.Position}{more}"));
}
