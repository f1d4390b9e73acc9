import CLinux

/// What became of a look-up.
public enum Resolution: Sendable {
    /// At least one address, in the order in which to try them (RFC 6724).
    case addresses([SocketAddress])
    /// The system's words.
    case failed(String)
}

/// Looks names up without stopping the reactor: getaddrinfo(3) on a thread of its own, which begins with the first name.
public final class Resolver {
    private let reactor: Reactor
    private var thread: BackgroundThread?
    /// Who waits for the same name: one look-up answers all.
    private var waiting: [String: [(Resolution) -> Void]] = [:]

    public init(reactor: Reactor) {
        self.reactor = reactor
    }

    /// Calls `completion` in a later turn, once. An address is its own answer.
    public func resolve(_ host: String, port: UInt16, _ completion: @escaping (Resolution) -> Void) {
        if let address = SocketAddress(host, port: port) {
            reactor.schedule(afterNanoseconds: 0) { completion(.addresses([address])) }
            return
        }
        let key = "\(host):\(port)"
        if waiting[key] != nil {
            waiting[key]?.append(completion)
            return
        }
        waiting[key] = [completion]
        do throws(SystemError) {
            if thread == nil { thread = try BackgroundThread(reactor: reactor) }
            thread?.submit(NameLookup(host: host, port: port) { [self] in answer(key, $0) })
        } catch {
            let reason = error.description
            reactor.schedule(afterNanoseconds: 0) { [self] in answer(key, .failed(reason)) }
        }
    }

    private func answer(_ key: String, _ resolution: Resolution) {
        for completion in waiting.removeValue(forKey: key) ?? [] { completion(resolution) }
    }
}

/// One look-up; the thread's until it is finished.
private final class NameLookup: BackgroundJob {
    private static let mostAddresses = 16

    private let host: String
    private let port: UInt16
    private let completion: (Resolution) -> Void
    private var resolution = Resolution.failed("")

    init(host: String, port: UInt16, _ completion: @escaping (Resolution) -> Void) {
        self.host = host
        self.port = port
        self.completion = completion
    }

    func run() {
        var found = [clinux_address](repeating: clinux_address(), count: Self.mostAddresses)
        let count = clinux_resolve(host, port, &found, Int32(Self.mostAddresses))
        guard count > 0 else {
            resolution = .failed(count == 0 ? "it has no address" : String(cString: clinux_resolve_error(count)))
            return
        }
        var addresses: [SocketAddress] = []
        for index in 0..<Int(count) {
            var entry = found[index]
            let bytes = withUnsafeBytes(of: &entry.bytes) { [UInt8]($0.prefix(Int(entry.length))) }
            let text = withUnsafeBytes(of: &entry.text) { raw in
                String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            addresses.append(
                SocketAddress(bytes: bytes, text: entry.is_v6 != 0 ? "[\(text)]:\(port)" : "\(text):\(port)"))
        }
        resolution = .addresses(addresses)
    }

    func finished() { completion(resolution) }
}
