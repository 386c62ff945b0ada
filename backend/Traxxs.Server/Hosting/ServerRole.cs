namespace Traxxs.Server.Hosting;

/// <summary>What a process of the server does. One process does all of it, unless it is told otherwise.</summary>
[Flags]
public enum ServerRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Takes devices' reports into the store and says who may connect.</summary>
    Listener = 1,

    /// <summary>Answers the HTTP API.</summary>
    Api = 2,

    /// <summary>Tells watchers what happens, as it happens.</summary>
    Live = 4,

    /// <summary>Delivers what stands in the outbox, and what devices are to be configured with. One process at a time.</summary>
    Notifications = 8,

    /// <summary>Evaluates rules, device news and retention. One process at a time.</summary>
    Rules = 16,

    /// <summary>Serves the web page.</summary>
    Page = 32,

    /// <summary>All of it.</summary>
    All = Listener | Api | Live | Notifications | Rules | Page,
}

/// <summary>Roles as words.</summary>
public static class ServerRoleWords
{
    private static readonly (string Word, ServerRoles Role)[] Words =
    [
        ("listener", ServerRoles.Listener), ("api", ServerRoles.Api), ("live", ServerRoles.Live),
        ("notifications", ServerRoles.Notifications), ("rules", ServerRoles.Rules), ("page", ServerRoles.Page),
    ];

    /// <summary>All words, for messages.</summary>
    public static string Known { get; } = string.Join(", ", Words.Select(word => word.Word));

    /// <summary>Reads words; false with the one that is no role, or an empty one where there is none at all.</summary>
    public static bool TryRead(IEnumerable<string> words, out ServerRoles roles, out string wrong)
    {
        (roles, wrong) = (ServerRoles.None, "");
        foreach (var text in words)
        {
            var found = Words.FirstOrDefault(word => word.Word == text.Trim());
            if (found.Word is null)
            {
                wrong = text.Trim();
                return false;
            }

            roles |= found.Role;
        }

        return roles != ServerRoles.None;
    }

    /// <summary>The words of some roles.</summary>
    public static IReadOnlyList<string> Of(ServerRoles roles) => [.. Words.Where(word => roles.HasFlag(word.Role)).Select(word => word.Word)];
}
