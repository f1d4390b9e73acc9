import Linux

/// Stands for `TLS`, which the simulated listener does not use.
public final class TLSContext {
    public init() {}
}

public struct CertificateID: Hashable, CustomStringConvertible {
    public let description: String

    public init?(hexadecimal text: String) {
        description = text
    }
}

public struct PeerCertificate {
    public let id: CertificateID
}

public enum TLSError: Error, Equatable, CustomStringConvertible {
    case library(step: String, reason: String)

    public var description: String { "" }
}

public final class TLSConnection {
    public let peer: PeerCertificate? = nil
    public let hasPending = false
    public let protocolName = ""

    public init(accepting descriptor: Int32, context: TLSContext) throws(TLSError) {}

    public func handshake() -> TLSResult { .closed }
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSResult { .closed }
    public func write(_ bytes: UnsafeRawBufferPointer) -> TLSResult { .closed }
    public func shutdown() -> TLSResult { .closed }
}

public final class UntrustedServer: Equatable, CustomStringConvertible {
    public let description = ""

    public static func == (first: UntrustedServer, second: UntrustedServer) -> Bool { first === second }
}
