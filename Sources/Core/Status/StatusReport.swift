import Functions
import Group
import JSON
import Linux
import Messaging

/// What runs, as `greengrassd status --json` prints it. Keys are only ever added (docs/status.md).
struct StatusReport {
    let json: JSON

    init(_ core: CoreProcess) {
        let now = Clock.monotonic()
        let thing = core.setup.configuration.thing
        let sources = Self.sources(core)
        json = [
            "version": .string(Version.product),
            "thing": .string(thing.name),
            "state": "serving",
            "corePid": .integer(Int64(Processes.current)),
            "uptimeSeconds": .integer((now - core.started) / 1_000_000_000),
            "deployment": core.deployment.map { .string($0) } ?? .null,
            "problem": core.problem.isEmpty ? .null : .string(core.problem),
            "cloud": Self.cloud(core),
            "queue": Self.queue(core),
            "subscriptions": .integer(Int64(core.group.subscriptions.count)),
            "mqttPort": .integer(Int64(core.setup.configuration.mqttPort)),
            "daemonPort": .integer(Int64(core.functions.port)),
            "devices": Self.devices(core, sources, now),
            "functions": .array(core.functions.status().map { Self.function($0, sources[.function($0.arn)]) }),
            "messages": Self.messages(core),
            "connections": Self.connections(core),
            "subscriptionTable": Self.table(core),
            "unrouted": Self.unrouted(core),
        ]
    }

    private static func devices(
        _ core: CoreProcess, _ sources: [Endpoint: MessageSource], _ now: Int64
    ) -> JSON {
        var connected: [String: ConnectedDevice] = [:]
        for device in core.broker.connectedDevices { connected[device.thingName] = device }
        return .array(
            core.group.devices.map { device in
                let published = Self.published(sources[.device(device.thingName)])
                guard let connection = connected[device.thingName] else {
                    return .object([("thing", .string(device.thingName)), ("connected", false)] + published)
                }
                return .object(
                    [
                        ("thing", .string(device.thingName)),
                        ("connected", true),
                        ("peer", .string(connection.peer)),
                        ("connectedSeconds", .integer((now - connection.since) / 1_000_000_000)),
                        ("droppedMessages", .integer(Int64(clamping: connection.dropped))),
                    ] + published)
            })
    }

    /// All that is known of a worker that should have lived on.
    private static func death(_ record: DeathRecord, ago: Int64) -> JSON {
        var code: JSON = .null
        var signal: JSON = .null
        switch record.exit {
        case .code(let number): code = .integer(Int64(number))
        case .signal(let number): signal = .string(Signals.name(number))
        case .outOfMemory: signal = "SIGKILL"
        case .notStarted, .unreported: break
        }
        return [
            "secondsAgo": .integer(ago / 1_000_000_000),
            "worker": .integer(Int64(record.worker)),
            "pid": record.processID.map { .integer(Int64($0)) } ?? .null,
            "exitCode": code,
            "signal": signal,
            "outOfMemory": .boolean(record.exit == .outOfMemory),
            "livedMilliseconds": .integer(record.lived / 1_000_000),
            "invocation": record.invocation.map { .string($0.text) } ?? .null,
            "sentence": .string(record.sentence),
            "lastLines": .array(record.lastLines.map { .string($0) }),
        ]
    }

    private static func function(_ status: FunctionStatus, _ source: MessageSource?) -> JSON {
        let counters = status.counters
        return [
            "arn": .string(status.arn),
            "state": .string("\(status.state)"),
            "pinned": .boolean(status.isPinned),
            "queued": .integer(Int64(status.queued)),
            "invocations": .integer(counters.invocations),
            "handledErrors": .integer(counters.handledErrors),
            "unhandledErrors": .integer(counters.unhandledErrors),
            "timeouts": .integer(counters.timeouts),
            "outOfMemory": .integer(counters.outOfMemory),
            "lastDeath": status.lastDeath.map { death($0.record, ago: $0.ago) } ?? .null,
            "droppedMessages": .integer(counters.droppedMessages),
            "restarts": .integer(counters.restarts),
            "published": .integer(Int64(clamping: source?.published ?? 0)),
            "withoutRoute": .integer(Int64(clamping: source?.withoutRoute ?? 0)),
            "workers": .array(
                status.workers.map { worker in
                    [
                        "number": .integer(Int64(worker.number)),
                        "pid": worker.processID.map { .integer(Int64($0)) } ?? .null,
                        "state": .string("\(worker.state.name)"),
                    ]
                }),
        ]
    }

    private static func messages(_ core: CoreProcess) -> JSON {
        let router = core.router.counters
        let broker = core.broker.counters
        return [
            "published": .integer(Int64(clamping: router.published)),
            "routed": .integer(Int64(clamping: router.routed)),
            "withoutRoute": .integer(Int64(clamping: router.withoutRoute)),
            "withoutTarget": .integer(Int64(clamping: router.withoutTarget)),
            "deliveredToDevices": .integer(Int64(clamping: broker.delivered)),
            "droppedWhileDisconnected": .integer(Int64(clamping: broker.droppedWhileDisconnected)),
            "droppedUnsubscribed": .integer(Int64(clamping: broker.droppedUnsubscribed)),
            "droppedByFullQueue": .integer(Int64(clamping: broker.droppedByFullQueue)),
            "refusedCertificates": .integer(Int64(clamping: broker.unknownCertificates)),
            "receivedFromDevices": .integer(Int64(clamping: broker.received)),
            "droppedByTopic": .integer(Int64(clamping: broker.droppedByTopic)),
            "droppedByFullSession": .integer(Int64(clamping: broker.droppedByFullSession)),
            "retainedRefused": .integer(Int64(clamping: broker.retainedRefused)),
        ]
    }

    private static func connections(_ core: CoreProcess) -> JSON {
        let broker = core.broker.counters
        return [
            "accepted": .integer(Int64(clamping: broker.accepted)),
            "connected": .integer(Int64(clamping: broker.connected)),
            "takenOver": .integer(Int64(clamping: broker.takenOver)),
            "handshakesFailed": .integer(Int64(clamping: broker.handshakesFailed)),
            "refusedCertificates": .integer(Int64(clamping: broker.unknownCertificates)),
            "crowdedOut": .integer(Int64(clamping: broker.crowdedOut)),
            "sessionsGivenUp": .integer(Int64(clamping: broker.sessionsGivenUp)),
            "publishersHeld": .integer(Int64(clamping: broker.held)),
            "foundSlow": .integer(Int64(clamping: broker.foundSlow)),
        ]
    }
}
