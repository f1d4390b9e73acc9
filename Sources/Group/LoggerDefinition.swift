/// Where one kind of log goes (`Loggers[]` of a logger definition version, LOG-01…04).
public struct LoggerDefinition: Equatable, Sendable {
    public enum Destination: Sendable {
        case fileSystem
        /// `AWSCloudWatch`.
        case cloudWatch
    }

    public enum Component: Sendable {
        /// `GreengrassSystem`.
        case system
        /// `Lambda`.
        case functions
    }

    /// The least severe level that is written.
    public enum Level: Sendable {
        case debug, info, warn, error, fatal
    }

    public var id: String
    public var destination: Destination
    public var component: Component
    public var level: Level
    /// KB of local storage; for `fileSystem` only.
    public var spaceKB: Int64

    /// Guide: greengrass-logs-overview.md, what a group has before it names loggers.
    public static let defaultSpaceKB: Int64 = 128

    public init(
        id: String, destination: Destination, component: Component, level: Level = .info,
        spaceKB: Int64 = LoggerDefinition.defaultSpaceKB
    ) {
        self.id = id
        self.destination = destination
        self.component = component
        self.level = level
        self.spaceKB = spaceKB
    }
}
