import Functions
import Group
import Linux
import Log

/// What the group's `Loggers` and config.json say about logs and functions, in the terms of the rooms that do it.
enum CoreLogs {
    /// The system log (rows LOG-01 to LOG-06).
    static func system(_ layout: Layout, _ group: GroupDefinition, echoes: Bool) -> Logger {
        let settings = settings(.system, group)
        return Logger(
            file: LogFile(path: layout.runtimeLog, space: settings.space), threshold: settings.level,
            echoesToStandardError: echoes)
    }

    static func functionConfiguration(_ setup: DaemonSetup, _ deployed: DeployedGroup) -> FunctionConfiguration {
        let layout = setup.layout
        let thing = setup.configuration.thing
        var configuration = FunctionConfiguration(
            socketPath: layout.functionSocket, packageRoot: deployed.packages,
            runtimeRoot: layout.runtimes(executable: setup.executable), logRoot: layout.userLogs,
            thingName: thing.name, version: Version.compatibility)
        configuration.bytecodeRoot = deployed.bytecode
        let settings = settings(.functions, deployed.group)
        configuration.logLevel = settings.level
        configuration.logSpace = settings.space
        configuration.port = setup.configuration.daemonPort
        configuration.region = thing.region.isEmpty ? nil : thing.region
        configuration.iotHost = setup.configuration.iotHost
        configuration.greengrassHost = setup.configuration.ggHost
        configuration.mqttPort = setup.configuration.iotMQTTPort
        configuration.iotHTTPPort = setup.configuration.iotHTTPPort
        configuration.greengrassHTTPPort = setup.configuration.ggHTTPPort
        configuration.mqttKeepAlive = setup.configuration.keepAlive
        configuration.proxyVariables = CloudStart.proxyVariables(setup.configuration.proxy)
        configuration.interpreters = setup.configuration.interpreters.map {
            (runtime: $0.runtime, programs: [$0.program])
        }
        configuration.grants = deployed.grants
        return configuration
    }

    static func functionLimits(_ configuration: Configuration) -> FunctionLimits {
        var limits = FunctionLimits()
        limits.onDemandWorkers = Int(configuration.onDemandWorkers)
        limits.spareWorkers = Int(configuration.spareWorkers)
        limits.idleWorkers = Int(configuration.idleWorkers)
        if let most = configuration.workItems {
            limits.workItems = Int(most)
            limits.queuedInvocations = Int(most)
        }
        return limits
    }

    private static func settings(
        _ component: LoggerDefinition.Component, _ group: GroupDefinition
    ) -> (level: LogLevel, space: Int64) {
        for logger in group.loggers where logger.component == component && logger.destination == .fileSystem {
            return (level(logger.level), logger.spaceKB * 1024)
        }
        return (.info, LogFile.defaultSpace)
    }

    private static func level(_ level: LoggerDefinition.Level) -> LogLevel {
        switch level {
        case .debug: .debug
        case .info: .info
        case .warn: .warn
        case .error: .error
        case .fatal: .fatal
        }
    }
}
