import Core
import Linux

/// `greengrassd broker`: an MQTT server on loopback for whoever connects, without a group.
struct BrokerCommand {
    let port: UInt16
    /// Topic filters that are refused.
    let refused: [String]
    /// Files of the TLS certificate, its key, and the authority of the clients' certificates; nil: no TLS.
    let tls: (certificate: String, key: String, authority: String)?

    func run() -> Int32 {
        do throws(SetupError) {
            let broker = try PlainBroker(
                port: port, refusing: refused,
                tls: tls.map { PlainBroker.TLSFiles(certificate: $0.certificate, key: $0.key, authority: $0.authority) }
            )
            Console.say("MQTT on 127.0.0.1:\(broker.port)\(tls == nil ? "" : " with TLS")")
            try broker.run()
            return ExitCode.success
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
    }
}
