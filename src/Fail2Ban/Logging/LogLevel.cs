namespace Fail2Ban.Logging;

/// <summary>fail2ban's levels with their numbers (those of Python's logging, with four added).</summary>
public enum LogLevel
{
    /// <summary>HEAVYDEBUG.</summary>
    HeavyDebug = 5,

    /// <summary>TRACEDEBUG.</summary>
    TraceDebug = 7,

    /// <summary>DEBUG.</summary>
    Debug = 10,

    /// <summary>MSG: rotation and other notes between DEBUG and INFO.</summary>
    Message = 18,

    /// <summary>INFO.</summary>
    Info = 20,

    /// <summary>NOTICE: bans and unbans.</summary>
    Notice = 25,

    /// <summary>WARNING.</summary>
    Warning = 30,

    /// <summary>ERROR.</summary>
    Error = 40,

    /// <summary>CRITICAL.</summary>
    Critical = 50,
}
