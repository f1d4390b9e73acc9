import Group
import Linux
import TLS

@testable import Messaging

/// Identities for one server, two devices of a group, and a stranger.
struct SecureWorld {
    let world: BrokerWorld
    let port: UInt16
    let sensor: TLSIdentity
    let actor: TLSIdentity
    let stranger: TLSIdentity

    init(limits: BrokerLimits = BrokerLimits()) throws {
        let server = try Self.identity("core")
        sensor = try Self.identity("any name")
        actor = try Self.identity("actor")
        stranger = try Self.identity("stranger")
        world = try BrokerWorld(
            devices: ["sensor", "actor"], rows: [("sensor", "a", "actor")],
            certificates: [sensor.leaf.id.description, actor.leaf.id.description], limits: limits)
        let directory = world.broker.directory
        let context = try TLSContext(serving: [server]) { directory.recognises($0) }
        port = try world.broker.listen(port: 0, context: context)
        Signals.ignoreBrokenPipes()
    }

    /// A certificate that nobody but itself has signed.
    private static func identity(_ name: String) throws -> TLSIdentity {
        let key = try PrivateKey.generate(.ecP256, source: name)
        let template = CertificateTemplate(
            commonName: name, usage: .client, notBefore: 1_500_000_000, notAfter: 4_000_000_000)
        return try TLSIdentity(key: key, chain: [try template.selfSigned(with: key, source: name)])
    }
}
