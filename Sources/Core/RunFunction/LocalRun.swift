import Bytes
import Functions
import Group
import Linux
import Log
import Messaging

/// `greengrassd run-function`: one function with the real protocol of a core, and no group, no root and no configuration
/// (complaint 5 of V1's users: a function could only be tried out by deploying it).
public final class LocalRun {
    /// What is to be run, and how.
    public struct Wishes {
        public var handler: String?
        public var runtime: String?
        public var interpreter: String?
        public var encoding = FunctionDefinition.Encoding.json
        public var timeoutSeconds: Int64 = FunctionDefinition.defaultTimeoutSeconds
        public var variables: [FunctionDefinition.EnvironmentVariable] = []
        public var execArgs: String?
        public var topic: String?
        /// Long-lived: goes on until it ends or is ended.
        public var isPinned = false
        public var events: [[UInt8]] = []
        public var readsInput = false
        /// Lines of the core itself too, and the DEBUG lines of the function and its SDK.
        public var isVerbose = false

        public init() {}
    }

    /// No AWS account has this number, no region this name.
    private static let arnStart = "arn:aws:lambda:local:000000000000:function:"

    private let wishes: Wishes
    private let definition: FunctionDefinition
    private let place: String
    private let reactor: Reactor
    private let signals: Int32
    private let launcher: DirectLauncher
    private let service: FunctionService
    private let source: EventSource
    private let tell: (FunctionResult) -> Void
    private var isBusy = false
    private var isStopping = false
    private var hasFailed = false

    /// - Parameters:
    ///   - executable: where this program is, for the runtimes beside it.
    ///   - path: where interpreters are looked for.
    ///   - tell: is handed each result.
    ///   - published: is handed what the function publishes.
    /// - Throws: what cannot be run so.
    public init(
        _ folder: FunctionFolder, _ wishes: Wishes, executable: String?, path: String,
        tell: @escaping (FunctionResult) -> Void, published: @escaping (Message) -> Void
    ) throws(SetupError) {
        self.wishes = wishes
        self.tell = tell
        let definition = try Self.definition(folder, wishes)
        self.definition = definition
        let source = EventSource(
            wishes.events.isEmpty && !wishes.readsInput && !wishes.isPinned ? [[UInt8]("{}".utf8)] : wishes.events,
            readsInput: wishes.readsInput)
        self.source = source
        do throws(SystemError) {
            reactor = try Reactor()
            signals = try Signals.descriptor([Signals.terminate, Signals.interrupt, Signals.child])
            place = try Self.makePlace(definition.arn, folder.path)
        } catch {
            throw SetupError("A place for the function cannot be made", error)
        }
        let log = Logger(file: nil, threshold: wishes.isVerbose ? .debug : .warn, echoesToStandardError: true)
        // Everything the function publishes goes to whoever runs it; `#` alone would leave out topics with a dollar sign.
        let router = Router(
            table: SubscriptionTable(
                ["#", "$aws/#"].enumerated().map { index, subject in
                    Subscription(
                        id: "\(index)", source: .function(definition.arn), subject: [UInt8](subject.utf8),
                        target: .cloud)
                }), log: log)
        router.register(PublishedMessages(published), for: .cloud)
        launcher = DirectLauncher(reactor: reactor)
        service = FunctionService(
            configuration: Self.configuration(
                place, wishes, Layout(root: place).runtimes(executable: executable), path),
            definitions: [definition], reactor: reactor, router: router, launcher: launcher, log: log)
        launcher.service = service
    }

    /// The ARN, runtime and handler that the function has, for a person.
    public var summary: String {
        "\(definition.handler) as \(definition.runtime.name), \(definition.arn), timeout \(definition.timeoutSeconds) s"
    }

    /// Runs until all events are handled, or a signal comes.
    /// - Returns: whether each of them had a result that is no error.
    public func run() throws(SetupError) -> Bool {
        defer { removePlace() }
        Privileges.adoptOrphans()
        defer { endOrphans() }
        do throws(SystemError) {
            try service.start()
            try reactor.add(signals, .readable, Listener { [self] in hear() })
            source.start(reactor) { [self] in goOn() }
            goOn()
            try reactor.run()
        } catch {
            throw SetupError("The function cannot be run", error)
        }
        return !hasFailed
    }

    /// What the function has left behind, daemons too, ends with it, as in a core.
    private func endOrphans() {
        while case let left = ProcessTree.children(of: Processes.current), !left.isEmpty {
            for process in left where Processes.send(Signals.kill, to: process) { _ = Processes.wait(process) }
        }
    }

    private func hear() {
        while let signal = Signals.next(signals) {
            if signal == Signals.child { launcher.reap() } else { stop() }
        }
        if wishes.isPinned, !isStopping, source.isAtEnd, !isBusy { endIfDead() }
    }

    /// A long-lived function that ended is started again by a core; here its end is what one wants to see.
    private func endIfDead() {
        guard let status = service.status().first, status.workers.isEmpty else { return }
        if let death = status.lastDeath, death.record.exit != .code(0) { hasFailed = true }
        stop()
    }

    private func goOn() {
        if isBusy || isStopping { return }
        if source.takeExcess() {
            hasFailed = true
            IO.print("A line of standard input has more than 6 MB, which no function is sent: it is left out.\n", to: 2)
        }
        guard let event = source.next() else {
            if source.isAtEnd, !wishes.isPinned { stop() }
            return
        }
        isBusy = true
        service.invoke(0, payload: event, topic: wishes.topic.map { [UInt8]($0.utf8) }) { [self] result in
            isBusy = false
            if result.error != .none { hasFailed = true }
            tell(result)
            // Not from inside the service's own work.
            reactor.schedule(afterNanoseconds: 0) { [self] in goOn() }
        }
    }

    private func stop() {
        if isStopping { return }
        isStopping = true
        service.stop { [reactor] in reactor.stop() }
    }

    // MARK: the pieces

    private static func definition(
        _ folder: FunctionFolder, _ wishes: Wishes
    ) throws(SetupError) -> FunctionDefinition {
        var handler = wishes.handler ?? ""
        var name = wishes.runtime ?? ""
        if handler.isEmpty {
            let guess = try folder.guess()
            handler = guess.handler
            if name.isEmpty { name = guess.runtime }
        } else if name.isEmpty {
            guard let fitting = folder.runtime(for: handler) else {
                throw SetupError(
                    "\(folder.path) has no file for the handler \(handler): a Python handler is module.function with "
                        + "module.py in the folder, an executable's the name of its file. --runtime says which it is.")
            }
            name = fitting
        }
        guard let runtime = Runtime(name: name) else {
            throw SetupError(
                "\(name) is no runtime; known are \(Runtime.known.joined(separator: ", ")), and newer ones as python3.12, "
                    + "nodejs20.x and java17.")
        }
        var definition = FunctionDefinition(
            id: "1", arn: arnStart + folder.functionName + ":1", runtime: runtime, handler: handler)
        definition.isolation = .noContainer
        definition.pinned = wishes.isPinned
        definition.timeoutSeconds = wishes.timeoutSeconds
        definition.environment = wishes.variables
        definition.execArgs = wishes.execArgs
        definition.encoding = runtime.family == .executable ? .binary : wishes.encoding
        return definition
    }

    private static func configuration(
        _ place: String, _ wishes: Wishes, _ runtimes: String, _ path: String
    ) -> FunctionConfiguration {
        var configuration = FunctionConfiguration(
            socketPath: Path.join(place, "ipc.sock"), packageRoot: Path.join(place, "lambda"), runtimeRoot: runtimes,
            logRoot: Path.join(place, "log"), thingName: "local", version: Version.compatibility)
        configuration.port = 0
        configuration.path = path
        configuration.logLevel = wishes.isVerbose ? .debug : .info
        configuration.echoesLogs = true
        configuration.interpreterSetting = .option
        if let interpreter = wishes.interpreter {
            for name in ["python2.7", "python3.7", "nodejs6.10", "nodejs8.10", "java8", wishes.runtime ?? ""] {
                configuration.interpreters.append((runtime: name, programs: [interpreter]))
            }
        }
        return configuration
    }

    /// Nobody else's business: whoever could write in it would choose what is run.
    private static func makePlace(_ arn: String, _ folder: String) throws(SystemError) -> String {
        let place = try Files.makePrivateDirectory(prefix: "/tmp/greengrass-run-\(Processes.current)-")
        try Files.makeDirectories(Path.join(place, "lambda"), mode: 0o755)
        try Files.switchLink(Path.join(place, "lambda/\(arn)"), to: folder)
        return place
    }

    private func removePlace() {
        do throws(SystemError) { try Files.removeTree(place) } catch { return }
    }
}

/// Hands on what the function publishes.
private final class PublishedMessages: MessageTarget {
    private let take: (Message) -> Void

    init(_ take: @escaping (Message) -> Void) {
        self.take = take
    }

    func deliver(_ message: borrowing MessageView) -> Delivery {
        take(message.copy())
        return .taken
    }

    func isFull(forPayload bytes: Int) -> Bool { false }
}
