import Bytes
import Group
import HTTP
import Linux
import Log
import Messaging

/// The functions of one deployed group: their processes, their logs, and the local endpoint through which they work.
///
/// `FunctionEngine` decides; this carries out. One service is made for one group: for the next group it is stopped and
/// a new one made.
public final class FunctionService {
    let configuration: FunctionConfiguration
    let definitions: [FunctionDefinition]
    let reactor: Reactor
    let router: Router
    let log: Logger
    let engine: FunctionEngine
    let server: IPCServer
    var tokens = WorkerTokens()
    /// The port the endpoint has; differs from the configuration's when that is 0.
    public internal(set) var port: UInt16 = 0

    private let launcher: any WorkerLauncher
    private let search: InterpreterSearch
    /// By the function's index.
    private let logs: [FunctionLog]
    private(set) var sources: [MessageSource] = []
    private var indices: [String: Int] = [:]
    private var services: [(arn: String, service: any SystemFunction)] = []
    private var workerLogs: [UInt32: WorkerLogs] = [:]
    private var remarks: [String] = []
    private var timer: TimerID?
    private var armed: Int64 = 0
    private var isCarryingOut = false
    private var whenStopped: (() -> Void)?
    /// Answers `GET /metrics`, which anybody on this machine may ask for; nil answers 404.
    public var metrics: (() -> [UInt8])?
    /// Invocations of this process itself, by numbers that no connection has.
    var localCalls: [PollID: (FunctionResult) -> Void] = [:]
    var lastLocalCall: UInt64 = 0
    /// Answers to publishes whose messages are not safe yet, in the order of their tickets.
    var unsettled = Fifo<UnsettledPublish>()

    /// - Parameters:
    ///   - definitions: the functions of the group.
    ///   - limits: bounds; the default ones are meant for use, others for tests.
    ///   - firstWorker: `nextWorker` of the service before this one, so that worker numbers are never used twice.
    public init(
        configuration: FunctionConfiguration, definitions: [FunctionDefinition], reactor: Reactor, router: Router,
        launcher: any WorkerLauncher, log: Logger, limits: FunctionLimits = FunctionLimits(), firstWorker: UInt32 = 1
    ) {
        self.configuration = configuration
        self.definitions = definitions
        self.reactor = reactor
        self.router = router
        self.launcher = launcher
        self.log = log
        engine = FunctionEngine(
            functions: definitions.map {
                FunctionSettings(
                    arn: $0.arn, isPinned: $0.pinned, timeout: $0.timeoutSeconds * FunctionLimits.second,
                    memoryKB: $0.memoryKB,
                    interpreter: $0.runtime.family == .executable ? nil : $0.runtime.name)
            }, limits: limits, firstWorker: firstWorker)
        server = IPCServer(reactor: reactor, log: log)
        search = InterpreterSearch(path: configuration.path, overrides: configuration.interpreters)
        logs = Self.makeLogs(definitions, configuration)
        for (index, definition) in definitions.enumerated() { indices[definition.arn] = index }
        sources = definitions.map { router.source(.function($0.arn)) }
    }

    /// Makes a service of the core reachable for functions. Before `start()`.
    public func register(_ service: any SystemFunction, arn: String) {
        services.append((arn, service))
    }

    /// Listens, registers the functions with the router, and starts the pinned ones.
    /// - Throws: when the port is taken or the socket cannot be made; nothing is left behind then.
    public func start() throws(SystemError) {
        let path = configuration.socketPath
        port = try server.open(port: configuration.port, socketPath: path, handler: self)
        if path.utf8.count > Socket.longestPath {
            log.info(
                "The path \(path) is longer than the \(Socket.longestPath) bytes that programs can connect to: functions "
                    + "without a container use TCP port \(port); those in one have the socket at a short path.")
        }
        for index in definitions.indices {
            router.register(FunctionTarget(service: self, index: index), for: .function(definitions[index].arn))
        }
        router.ledger.observe(self)
        engine.start(at: Clock.monotonic())
        carryOut()
    }

    /// Ends all workers, then closes the endpoint.
    /// - Parameter completion: called once, at the latest after the grace (5 s) and the time a killed process is waited
    ///   for (5 s).
    public func stop(_ completion: @escaping () -> Void) {
        whenStopped = completion
        engine.stop(at: Clock.monotonic())
        carryOut()
    }

    /// The number the first worker of a following service is to have.
    public var nextWorker: UInt32 { engine.nextWorker }

    /// What runs.
    public func status() -> [FunctionStatus] { engine.status(at: Clock.monotonic()) }

    // The launcher's answers.

    public func workerStarted(_ worker: UInt32, pid: Int32) {
        engine.workerStarted(worker, processID: pid)
    }

    public func workerFailed(_ worker: UInt32, reason: String) {
        engine.workerEnded(worker, .notStarted(reason), at: Clock.monotonic())
        carryOut()
    }

    /// - Parameters:
    ///   - exitCode: nil when a signal ended the process.
    ///   - outOfMemory: whether the kernel killed it because its container's memory was used up.
    public func workerExited(_ worker: UInt32, exitCode: Int32?, signal: Int32?, outOfMemory: Bool = false) {
        // What it wrote before its end belongs before the record of its end.
        workerLogs[worker]?.finish()
        let lines = workerLogs[worker]?.lastLines ?? []
        let exit: WorkerExit =
            if outOfMemory { .outOfMemory } else if let signal { .signal(signal) } else if let exitCode {
                .code(exitCode)
            } else { .unreported }
        engine.workerEnded(worker, exit, lastLines: lines, at: Clock.monotonic())
        carryOut()
    }

    /// A message of the router for a function.
    /// - Returns: whether the function's queue took it.
    func deliver(_ message: Message, receipt: MessageReceipt?, to index: Int) -> Bool {
        let isQueued = engine.deliver(
            .random(), function: index, payload: message.payload,
            clientContext: ClientContext.forMessage(topic: message.topic), receipt: receipt, at: Clock.monotonic())
        carryOut()
        return isQueued
    }

    /// What an ARN in a request names.
    enum Addressee {
        case router
        case function(Int)
        case service(Int)
    }

    func addressee(_ arn: String) -> Addressee? {
        if let index = indices[arn] { return .function(index) }
        if arn == SystemARN.router { return .router }
        for (index, entry) in services.enumerated() where entry.arn == arn { return .service(index) }
        // A version is asked for, but where the group has only one of the function, its number adds nothing.
        var found: Int?
        for (index, definition) in definitions.enumerated() {
            guard definition.aliasARN == arn || FunctionARN(definition.arn)?.unqualified == arn else { continue }
            if found != nil { return nil }
            found = index
        }
        return found.map { .function($0) }
    }

    func service(_ index: Int) -> any SystemFunction { services[index].service }

    /// - Returns: how long the worker is to wait because it has logged too much, in nanoseconds; nil for not at all.
    func write(_ lines: [(level: LogLevel, message: [UInt8])], bytes: Int, toLogOf worker: UInt32) -> Int64? {
        workerLogs[worker]?.write(posted: lines, bytes: bytes)
    }

    /// Does what the engine wants done. Calls from inside leave their actions to the outermost one.
    func carryOut() {
        if isCarryingOut { return }
        isCarryingOut = true
        while true {
            let actions = engine.takeActions()
            if actions.isEmpty { break }
            for action in actions { carryOut(action) }
        }
        isCarryingOut = false
        armTimer()
    }

    private func carryOut(_ action: FunctionAction) {
        switch action {
        case .launch(let worker, let function): launch(worker, function)
        case .terminate(let worker): launcher.signal(worker: worker, 15)
        case .kill(let worker): launcher.signal(worker: worker, 9)
        case .giveWork(let poll, let worker, let invocation):
            var response = IPCResponse(.ok)
            response.invocation = invocation.id
            response.clientContext = invocation.clientContext
            response.body = invocation.payload
            let delivery = IPCDelivery(worker: worker, invocation: invocation.id)
            workerLogs[worker]?.forgetLastLines()
            if !server.answer(poll, response, delivery: delivery) { undelivered(delivery) }
        case .giveResult(let poll, let result):
            if let completion = localCalls.removeValue(forKey: poll) { return completion(result) }
            var response = IPCResponse(.ok)
            response.functionError = result.error
            response.body = result.payload
            server.answer(poll, response)
        case .refuse(let poll, .superseded):
            server.answer(poll, .refusal(HTTPStatus(code: 409), "A newer request of the same worker waits instead."))
        case .refuse(let poll, .workerEnded):
            server.answer(poll, .refusal(.forbidden, "The worker has ended."))
        case .forget(let worker): forget(worker)
        case .note(let level, let text): note(level, text)
        case .stopped: stopped()
        }
    }

    private func launch(_ worker: UInt32, _ index: Int) {
        let definition = definitions[index]
        var configuration = configuration
        configuration.port = port
        let plan: (specification: WorkerSpecification, remark: String?)
        do throws(WorkerPlanError) {
            plan = try WorkerPlan.make(
                definition, token: tokens.issue(worker), configuration: configuration, search: search)
        } catch {
            engine.workerEnded(worker, .notStarted(error.sentence), at: Clock.monotonic())
            return
        }
        if let remark = plan.remark, !remarks.contains(remark) {
            remarks.append(remark)
            log.info(remark)
        }
        let pipes = WorkerLogs(reactor: reactor, log: logs[index])
        do throws(SystemError) {
            let writeEnds = try pipes.open()
            workerLogs[worker] = pipes
            launcher.launch(plan.specification, worker: worker, logDescriptors: writeEnds)
        } catch {
            engine.workerEnded(worker, .notStarted(error.description), at: Clock.monotonic())
        }
    }

    private func forget(_ worker: UInt32) {
        tokens.revoke(worker)
        server.closeConnections(of: worker)
        workerLogs.removeValue(forKey: worker)?.finish()
    }

    private func note(_ level: LogLevel, _ text: String) {
        switch level {
        case .debug: log.debug(text)
        case .info: log.info(text)
        case .warn: log.warn(text)
        case .error: log.error(text)
        case .fatal: log.fatal(text)
        }
    }

    private func stopped() {
        server.close()
        for definition in definitions { router.unregister(.function(definition.arn)) }
        if let timer { reactor.cancel(timer) }
        timer = nil
        let completion = whenStopped
        whenStopped = nil
        completion?()
    }

    /// One timer for the earliest deadline. A timer that fires too early costs a look; it is not moved back, because
    /// most deadlines are never reached.
    private func armTimer() {
        guard let next = engine.nextDeadline else { return }
        if timer != nil, armed <= next { return }
        if let timer { reactor.cancel(timer) }
        armed = next
        timer = reactor.schedule(afterNanoseconds: max(0, next - Clock.monotonic())) { [self] in
            timer = nil
            engine.advance(to: Clock.monotonic())
            carryOut()
        }
    }

    /// One log a name: versions and workers of a function share it.
    private static func makeLogs(
        _ definitions: [FunctionDefinition], _ configuration: FunctionConfiguration
    ) -> [FunctionLog] {
        var known: [String: FunctionLog] = [:]
        return definitions.map { definition in
            var path = Path.join(configuration.logRoot, definition.arn + ".log")
            if let arn = FunctionARN(definition.arn) {
                path = Path.join(configuration.logRoot, "\(arn.region)/\(arn.account)/\(arn.name).log")
            }
            if let log = known[path] { return log }
            let log = FunctionLog(
                path: path, space: configuration.logSpace, threshold: configuration.logLevel,
                echoes: configuration.echoesLogs)
            known[path] = log
            return log
        }
    }
}
