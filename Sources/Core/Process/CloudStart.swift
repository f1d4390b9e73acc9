import Functions
import Group
import Linux
import Log
import Messaging
import Network

/// Puts the link to the cloud together from config.json and the group.
enum CloudStart {
    private static let second: Int64 = 1_000_000_000

    static func settings(
        _ configuration: Configuration, _ group: GroupDefinition, _ credentials: CloudCredentials
    ) -> CloudLink.Settings {
        var settings = CloudLink.Settings(
            plan: credentials.plan, clientID: configuration.coreClientID ?? configuration.thing.name)
        settings.keepAlive = configuration.keepAlive
        settings.operationTimeout = configuration.operationTimeout * second
        settings.longestRetry = configuration.longestConnectionRetry * second
        settings.keepsSessions = group.spooler.isPersistent
        return settings
    }

    /// What functions find in their environment to reach others by (row NET-06). Programs look for either spelling.
    static func proxyVariables(_ proxy: NetworkProxy?) -> [(name: String, value: String)] {
        guard let proxy else { return [] }
        var variables = [(name: "http_proxy", value: proxy.url), (name: "https_proxy", value: proxy.url)]
        if !proxy.exempt.text.isEmpty { variables.append((name: "no_proxy", value: proxy.exempt.text)) }
        return variables
    }
}
