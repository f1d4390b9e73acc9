import Bytes
import Linux
import Log
import MQTT
import Messaging
import TLS

/// The MQTT server of the core without a group: everything is allowed, until a signal ends it. Without TLS it is on loopback
/// only.
public final class PlainBroker {
    /// What TLS needs; all of them PEM files.
    public struct TLSFiles {
        let certificate: String
        let key: String
        /// Whoever has a certificate of this authority may connect.
        let authority: String

        public init(certificate: String, key: String, authority: String) {
            self.certificate = certificate
            self.key = key
            self.authority = authority
        }
    }

    /// A file that is larger is no certificate.
    private static let largestFile = 1_048_576

    public let port: UInt16
    private let reactor: Reactor
    private let broker: LocalBroker
    private let signals: Int32

    /// - Parameters:
    ///   - refused: topic filters that get SUBACK 0x80.
    ///   - allAddresses: whether it listens on all addresses instead of loopback; only with TLS.
    public init(
        port: UInt16, refusing refused: [String], tls: TLSFiles?, allAddresses: Bool = false
    ) throws(SetupError) {
        var filters: [MQTT.TopicFilter] = []
        for text in refused {
            do throws(MQTTError) {
                filters.append(try MQTT.TopicFilter(text.bytes))
            } catch {
                throw SetupError("--refuse \(text): \(error.description).")
            }
        }
        Processes.raiseDescriptorLimit()
        let context = try tls.map { files throws(SetupError) in try Self.context(files) }
        let log = Logger(file: nil, threshold: .warn, echoesToStandardError: true)
        do throws(SystemError) {
            reactor = try Reactor()
            signals = try Signals.descriptor([Signals.terminate, Signals.interrupt])
            broker = LocalBroker(reactor: reactor, refusing: filters, log: log)
            if let context {
                self.port =
                    allAddresses
                    ? try broker.listen(port: port, context: context)
                    : try broker.listenOnLoopback(port: port, context: context)
            } else {
                self.port = try broker.listenWithoutTLS(port: port)
            }
        } catch {
            throw SetupError("The broker cannot serve", error)
        }
    }

    /// Serves until SIGTERM or SIGINT.
    public func run() throws(SetupError) {
        do throws(SystemError) {
            let onSignal = Listener { [reactor, signals] in
                while Signals.next(signals) != nil { reactor.stop() }
            }
            try reactor.add(signals, .readable, onSignal)
            try reactor.run()
        } catch {
            throw SetupError("The event loop failed", error)
        }
        broker.stop()
    }

    private static func context(_ files: TLSFiles) throws(SetupError) -> TLSContext {
        do throws(TLSError) {
            let key = try PrivateKey(pem: try read(files.key), source: files.key)
            let chain = try Certificate.readChain(try read(files.certificate), source: files.certificate)
            let authority = try Certificate.read(try read(files.authority), source: files.authority)
            return try TLSContext(serving: [try TLSIdentity(key: key, chain: chain)], signedBy: authority)
        } catch {
            throw SetupError("TLS cannot be set up: \(error.description).")
        }
    }

    private static func read(_ path: String) throws(TLSError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(path, limit: largestFile)
        } catch {
            throw .unreadableCertificate(source: path, reason: error.description)
        }
    }
}
