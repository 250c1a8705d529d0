namespace Fail2Ban.Store;

/// <summary>The database cannot be used; the message is the answer to <c>set dbfile</c>.</summary>
public sealed class StoreException : Exception
{
    /// <summary>With the sentence for the user.</summary>
    public StoreException(string message) : base(message) { }

    /// <summary>With the sentence for the user and what lies behind it.</summary>
    public StoreException(string message, Exception inner) : base(message, inner) { }

    /// <summary>Without a sentence.</summary>
    public StoreException() { }
}
