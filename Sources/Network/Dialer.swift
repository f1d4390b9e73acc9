import Bytes
import Linux
import TLS

/// Makes one connection: looks the name up, tries its addresses one after the other, asks the proxy, shakes hands.
///
/// Used once. Every step is bounded in time; `completion` is called once, in a later turn, unless it is cancelled before.
public final class Dialer: EventHandler {
    /// For one address, nanoseconds.
    static let connectTime: Int64 = 10_000_000_000
    /// For the look-up, the proxy's answer, and each handshake, nanoseconds.
    static let stepTime: Int64 = 30_000_000_000
    /// Of an answer of a proxy that is none.
    private static let mostProxyBytes = 32_768

    enum Step {
        case idle
        case lookingUp
        case connecting
        case proxyHandshake
        case askingProxy
        case handshake
        case done
    }

    let plan: DialPlan
    private let reactor: Reactor
    private let resolver: Resolver
    private var completion: ((Result<DialedConnection, DialFailure>) -> Void)?
    private(set) var step = Step.idle
    private var addresses: [SocketAddress] = []
    private var next = 0
    /// What each address that was tried said.
    private var refusals: [String] = []
    private var descriptor: Int32 = -1
    private var proxyTLS: TLSConnection?
    private var tls: TLSConnection?
    private var tunnel = ProxyTunnel()
    private var input = ByteBuffer()
    private var output = ByteBuffer()
    private var timer: TimerID?

    public init(
        _ plan: DialPlan, reactor: Reactor, resolver: Resolver,
        completion: @escaping (Result<DialedConnection, DialFailure>) -> Void
    ) {
        self.plan = plan
        self.reactor = reactor
        self.resolver = resolver
        self.completion = completion
    }

    /// Where the TCP connection goes.
    var first: HostAndPort { plan.proxy.map { HostAndPort(host: $0.host, port: $0.port) } ?? plan.place }

    var address: String { next > 0 ? addresses[next - 1].text : first.description }

    public func start() {
        step = .lookingUp
        arm(Self.stepTime)
        resolver.resolve(first.host, port: first.port) { [self] resolution in
            guard step == .lookingUp else { return }
            switch resolution {
            case .addresses(let found):
                addresses = found
                connect()
            case .failed(let reason):
                fail(failureOfLookup(reason))
            }
        }
    }

    /// Gives up without a word.
    public func cancel() {
        completion = nil
        close()
    }

    // MARK: TCP

    private func connect() {
        step = .connecting
        while next < addresses.count {
            next += 1
            do throws(SystemError) {
                descriptor = try Socket.connect(to: addresses[next - 1])
                try reactor.add(descriptor, [.writable], self)
                arm(Self.connectTime)
                return
            } catch {
                refusals.append("\(address): \(error.reason)")
                closeSocket()
            }
        }
        fail(failureToConnect(refusals))
    }

    private func tryNextAddress(_ reason: String) {
        refusals.append("\(address): \(reason)")
        closeSocket()
        connect()
    }

    public func handle(_ events: Events) {
        if step == .connecting {
            let code = Socket.connectError(descriptor)
            if code != 0 { return tryNextAddress(SystemError("", code: code).reason) }
            connected()
        }
        proceed()
    }

    private func connected() {
        arm(Self.stepTime)
        guard let proxy = plan.proxy else { return beginTLS(nil) }
        tunnel.ask(for: plan.place, of: proxy, to: &output)
        if !proxy.isSecure {
            step = .askingProxy
            return
        }
        guard let context = plan.proxyContext else { return fail(failureWithoutProxyContext()) }
        do throws(TLSError) {
            proxyTLS = try TLSConnection(connecting: descriptor, host: proxy.host, context: context)
            step = .proxyHandshake
        } catch {
            fail(DialFailure(.broken, error.description))
        }
    }

    private func beginTLS(_ outer: TLSConnection?) {
        do throws(TLSError) {
            let host = plan.place.host
            tls =
                if let outer {
                    try TLSConnection(connectingThrough: outer, host: host, context: plan.context)
                } else {
                    try TLSConnection(connecting: descriptor, host: host, context: plan.context)
                }
            arm(Self.stepTime)
            step = .handshake
        } catch {
            fail(DialFailure(.broken, error.description))
        }
    }

    // MARK: The proxy and TLS

    /// Goes on until something has to be waited for.
    private func proceed() {
        while true {
            let before = step
            switch step {
            case .proxyHandshake: proxyTLS.map { shakeHands($0, withProxy: true) }
            case .askingProxy: askProxy()
            case .handshake: tls.map { shakeHands($0, withProxy: false) }
            case .idle, .lookingUp, .connecting, .done: return
            }
            if step == before { return }
        }
    }

    private func shakeHands(_ connection: TLSConnection, withProxy: Bool) {
        switch connection.handshake() {
        case .done:
            if withProxy {
                arm(Self.stepTime)
                step = .askingProxy
            } else {
                succeed(connection)
            }
        case .wantRead: watch(.readable)
        case .wantWrite: watch([.readable, .writable])
        case .closed: fail(failureOfHandshake(nil, withProxy: withProxy))
        case .failed(let failure): fail(failureOfHandshake(failure, withProxy: withProxy))
        }
    }

    private func askProxy() {
        while !output.isEmpty {
            switch write() {
            case .done(let count): output.consume(count)
            case .wantRead: return watch(.readable)
            case .wantWrite: return watch([.readable, .writable])
            case .closed: return fail(failureOfProxy(.malformed("it closed the connection")))
            case .failed(let failure): return fail(failureOfHandshake(failure, withProxy: true))
            }
        }
        while true {
            let room = input.prepareToWrite(minimum: 4_096)
            switch read(into: room) {
            case .done(let count):
                input.commit(count)
                let progress =
                    input.count > Self.mostProxyBytes ? .malformed("its answer is too long") : tunnel.read(&input)
                switch progress {
                case .needsBytes: continue
                case .open: return beginTLS(proxyTLS)
                case .refused, .malformed: return fail(failureOfProxy(progress))
                }
            case .wantRead: return watch(.readable)
            case .wantWrite: return watch([.readable, .writable])
            case .closed: return fail(failureOfProxy(.malformed("it closed the connection")))
            case .failed(let failure): return fail(failureOfHandshake(failure, withProxy: true))
            }
        }
    }

    private func read(into room: UnsafeMutableRawBufferPointer) -> TLSResult {
        if let proxyTLS { return proxyTLS.read(into: room) }
        switch IO.read(descriptor, into: room) {
        case .bytes(let count): return .done(count)
        case .wouldBlock: return .wantRead
        case .closed: return .closed
        case .failed(let code): return .failed(.system(code))
        }
    }

    private func write() -> TLSResult {
        if let proxyTLS { return proxyTLS.write(output.readable) }
        switch IO.write(descriptor, output.readable) {
        case .bytes(let count): return .done(count)
        case .wouldBlock: return .wantWrite
        case .closed: return .closed
        case .failed(let code): return .failed(.system(code))
        }
    }

    /// Seconds since 1970 by a clock other than this machine's, where somebody told.
    var foreignDate: Int64? { tunnel.date }

    // MARK: The end

    private func succeed(_ connection: TLSConnection) {
        step = .done
        disarm()
        reactor.remove(descriptor)
        let peer = plan.proxy.map { "\(plan.place.description) through \($0.description)" } ?? address
        let made = DialedConnection(descriptor: descriptor, tls: connection, peer: peer)
        descriptor = -1
        let completion = self.completion
        self.completion = nil
        completion?(.success(made))
    }

    private func fail(_ failure: DialFailure) {
        close()
        // In a turn of its own: whoever starts a dialer is never called back while it does. `cancel` still counts.
        reactor.schedule(afterNanoseconds: 0) { [self] in
            let told = completion
            completion = nil
            told?(.failure(failure))
        }
    }

    private func close() {
        step = .done
        disarm()
        tls = nil
        proxyTLS = nil
        closeSocket()
    }

    private func closeSocket() {
        guard descriptor >= 0 else { return }
        reactor.remove(descriptor)
        FileDescriptor.close(descriptor)
        descriptor = -1
    }

    private func watch(_ events: Events) {
        do throws(SystemError) {
            try reactor.modify(descriptor, events)
        } catch {
            fail(DialFailure(.broken, error.description))
        }
    }

    private func arm(_ time: Int64) {
        disarm()
        timer = reactor.schedule(afterNanoseconds: time) { [self] in
            timer = nil
            if step == .connecting { return tryNextAddress("no answer in \(time / 1_000_000_000) s") }
            fail(failureOfTime(step))
        }
    }

    private func disarm() {
        if let timer { reactor.cancel(timer) }
        timer = nil
    }
}
