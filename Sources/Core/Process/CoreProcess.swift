import Certificates
import Deployment
import Functions
import Group
import HTTP
import JSON
import Linux
import Log
import Messaging
import Sandbox
import TLS

/// The core: puts the rooms together and runs them on one thread until the supervisor ends it.
final class CoreProcess {
    /// How often the server's certificates are looked at. The clock of a board may be set at any time.
    static let certificateInterval: Int64 = 3_600_000_000_000

    let setup: DaemonSetup
    let log: Logger
    let reactor: Reactor
    let router: Router
    let broker: LocalBroker
    let functions: FunctionService
    /// The queues to and from the cloud; nil for a core without one.
    let spool: Spool?
    /// nil for a core without a cloud.
    let cloud: CloudLink?
    let group: GroupDefinition
    let deployment: String?
    /// Why the core serves without its group, or empty.
    let problem: String
    let started = Clock.monotonic()
    private let directory: DeviceDirectory
    private let server: ServerIdentities
    private let connection: SupervisorConnection
    private let launcher: SupervisorLauncher
    private let signals: Int32
    private var control: ControlServer?
    private var exitCode = CoreExit.done
    private var isStopping = false

    init(
        setup: DaemonSetup, identities: Identities, deployed: DeployedGroup, server: ServerIdentities,
        cloud credentials: CloudCredentials?, connection: SupervisorConnection, echoes: Bool
    ) throws(SetupError) {
        self.setup = setup
        self.server = server
        self.connection = connection
        problem = deployed.problem
        group = deployed.group
        deployment = deployed.deployment
        log = CoreLogs.system(setup.layout, group, echoes: echoes)
        do throws(SystemError) {
            reactor = try Reactor()
            signals = try Signals.descriptor([Signals.terminate, Signals.interrupt])
        } catch {
            throw SetupError("The core's event loop cannot be made", error)
        }
        router = Router(table: SubscriptionTable(group.subscriptions), log: log)
        do throws(SystemError) {
            spool =
                setup.configuration.iotHost == nil
                ? nil
                : try Spool(
                    settings: SpoolSettings(group.spooler, setup.layout), reactor: reactor, router: router, log: log)
        } catch {
            throw SetupError("The queue of messages to the cloud cannot be made", error)
        }
        if let spool { router.register(spool.outbound, for: .cloud) }
        directory = DeviceDirectory(group.devices)
        broker = LocalBroker(
            reactor: reactor, router: router, directory: directory, subscriptions: group.subscriptions, log: log)
        let reactor = self.reactor
        let pending = PendingFailures()
        launcher = SupervisorLauncher(connection: connection, identities: identities) {
            reactor.schedule(afterNanoseconds: 0) { pending.tell() }
        }
        functions = FunctionService(
            configuration: CoreLogs.functionConfiguration(setup, deployed), definitions: group.functions,
            reactor: reactor,
            router: router, launcher: launcher, log: log, limits: CoreLogs.functionLimits(setup.configuration))
        pending.connect(launcher, functions)
        if let credentials, let spool {
            cloud = CloudLink(
                settings: CloudStart.settings(setup.configuration, group, credentials),
                subscriptions: group.subscriptions,
                reactor: reactor, resolver: Resolver(reactor: reactor), router: router, queue: spool.outbound,
                inbound: spool.inbound, kept: spool.sessions, log: log)
        } else {
            cloud = nil
        }
        for notice in server.notices + deployed.notices { log.info(notice) }
        for warning in deployed.warnings { log.warn(warning) }
    }

    /// Serves until it is told to end.
    /// - Returns: the exit code.
    func run() throws(SetupError) -> Int32 {
        do throws(SystemError) {
            try serve()
        } catch {
            throw SetupError.serving(error, setup)
        }
        if !problem.isEmpty { log.error(problem) }
        connection.tell(.ready(problem: problem))
        log.info(
            "Serving on port \(setup.configuration.mqttPort): devices \(group.devices.count), "
                + "functions \(group.functions.count), subscriptions \(group.subscriptions.count).")
        Supervisor.releaseStartPages(reactor)
        do throws(SystemError) {
            try reactor.run()
        } catch {
            log.fatal("The event loop failed: \(error.description)")
            return CoreExit.failed
        }
        log.info("The core ends.")
        return exitCode
    }

    private func serve() throws(SystemError) {
        let context: TLSContext
        do throws(TLSError) {
            let directory = self.directory
            context = try TLSContext(serving: server.identities, recognises: { directory.recognises($0) })
        } catch {
            throw SystemError("set up TLS for devices (\(error.description))", code: 22)
        }
        try broker.listen(port: setup.configuration.mqttPort, context: context)
        log.info("listening on \(setup.configuration.mqttPort)")
        try functions.start()
        cloud?.start()
        control = try ControlServer(
            path: setup.layout.controlSocket, reactor: reactor, answer: { [self] in answer($0) })
        if setup.configuration.servesMetrics { functions.metrics = { Metrics(StatusReport(self).json).text } }
        let onSignal = Listener { [self] in
            while Signals.next(signals) != nil { stop(CoreExit.done) }
        }
        try reactor.add(signals, .readable, onSignal)
        try connection.listen(reactor) { [self] in take($0) }
        watchCertificates()
    }

    private func take(_ message: SupervisorMessage) {
        switch message {
        case .started(let worker, let process): functions.workerStarted(worker, pid: process)
        case .failed(let worker, let reason): functions.workerFailed(worker, reason: reason)
        case .exited(let worker, let code, let signal, let outOfMemory):
            functions.workerExited(
                worker, exitCode: signal == 0 ? code : nil, signal: signal == 0 ? nil : signal, outOfMemory: outOfMemory
            )
        case .mayLaunch, .launch, .signal, .ready, .cannotServe:
            log.error("The supervisor sent a message that only the core sends.")
        }
    }

    private func stop(_ code: Int32) {
        if isStopping { return }
        isStopping = true
        exitCode = code
        log.info("Stopping: no device is served any more, and the functions are told to end.")
        broker.stop()
        cloud?.stop()
        spool?.prepareToStop()
        functions.stop { [reactor, spool] in
            // What the functions have published until now is stored too.
            spool?.stop()
            reactor.stop()
        }
    }

    private func watchCertificates() {
        reactor.schedule(afterNanoseconds: Self.certificateInterval) { [self] in
            if let reason = server.renewalReason() {
                log.info("The server's certificate is made anew (\(reason.description)); devices connect again.")
                stop(CoreExit.startAgain)
            } else {
                watchCertificates()
            }
        }
    }
}

/// Calls a closure when its descriptor is ready.
final class Listener: EventHandler {
    private let body: () -> Void

    init(_ body: @escaping () -> Void) {
        self.body = body
    }

    func handle(_ events: Events) { body() }
}

/// Tells the function service of launches that never left, in a turn of their own.
private final class PendingFailures {
    private var launcher: SupervisorLauncher?
    private var functions: FunctionService?

    func connect(_ launcher: SupervisorLauncher, _ functions: FunctionService) {
        self.launcher = launcher
        self.functions = functions
    }

    func tell() {
        guard let launcher, let functions else { return }
        for failure in launcher.takeUndelivered() { functions.workerFailed(failure.worker, reason: failure.reason) }
    }
}
