/// The options of `greengrassd broker`.
struct BrokerOptions {
    static let names = ["--port", "--refuse", "--tls-cert", "--tls-key", "--tls-client-ca"]

    /// Whether it listens beyond loopback.
    var allAddresses = false
    private var port: UInt16?
    private var refused: [String] = []
    private var certificate: String?
    private var key: String?
    private var authority: String?

    mutating func set(_ name: String, _ value: String) throws(UsageError) {
        switch name {
        case "--port":
            guard let number = UInt16(value), number >= 1 else {
                throw UsageError("--port needs a number from 1 to 65535, not \(value).")
            }
            port = number
        case "--refuse": refused.append(value)
        case "--tls-cert": certificate = value
        case "--tls-key": key = value
        default: authority = value
        }
    }

    func command() throws(UsageError) -> BrokerCommand {
        guard let port else { throw UsageError("Write `greengrassd broker --port N`.") }
        if certificate == nil, key == nil, authority == nil {
            guard !allAddresses else {
                throw UsageError("--all-addresses needs TLS: --tls-cert, --tls-key and --tls-client-ca.")
            }
            return BrokerCommand(port: port, refused: refused, tls: nil, allAddresses: false)
        }
        guard let certificate, let key, let authority else {
            throw UsageError("TLS needs all three of --tls-cert, --tls-key and --tls-client-ca.")
        }
        return BrokerCommand(
            port: port, refused: refused, tls: (certificate, key, authority), allAddresses: allAddresses)
    }
}
