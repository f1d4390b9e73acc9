import Core
import Linux

/// `greengrassd broker`: an MQTT server for whoever connects, without a group: on loopback, or with TLS on all addresses.
struct BrokerCommand {
    let port: UInt16
    /// Topic filters that are refused.
    let refused: [String]
    /// Files of the TLS certificate, its key, and the authority of the clients' certificates; nil: no TLS.
    let tls: (certificate: String, key: String, authority: String)?
    let allAddresses: Bool

    func run() -> Int32 {
        do throws(SetupError) {
            let broker = try PlainBroker(
                port: port, refusing: refused,
                tls: tls.map {
                    PlainBroker.TLSFiles(certificate: $0.certificate, key: $0.key, authority: $0.authority)
                },
                allAddresses: allAddresses)
            Console.say(
                "MQTT on \(allAddresses ? "all addresses, port " : "127.0.0.1:")\(broker.port)\(tls == nil ? "" : " with TLS")"
            )
            try broker.run()
            return ExitCode.success
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
    }
}
