import Linux
import TLS

/// The local MQTT server's certificates, in `ggc/var/state/server` (row TLS-03).
///
/// There are two, each with its own key: EC P-256, which clients with ECDSA suites get since it costs a small board a
/// tenth of the time, and RSA for those without (row TLS-11). Both are signed by the group's authority with SHA-256
/// RSA, as V1's are; an authority with an EC key signs an EC one alone, because who verifies it has ECDSA. The keys stay; a
/// certificate lasts seven days as V1's does (row TLS-05) and is replaced before it ends.
public struct ServerCertificate {
    /// V1's lifetime in days: 7, up to 30 by setting (gg-sec.md, certificate rotation).
    public static let defaultLifetimeDays: Int64 = 7
    /// Names beyond this are left out: a machine with more addresses is not a gateway but a misunderstanding.
    static let mostNames = 100

    let directory: String
    let lifetime: Int64

    /// - Parameter lifetimeDays: how long a certificate lasts; 7 to 30 in V1.
    public init(directory: String, lifetimeDays: Int64 = defaultLifetimeDays) {
        self.directory = directory
        lifetime = lifetimeDays * Validity.day
    }

    /// The names of a certificate: `localhost`, the loopback addresses, and what is given, as far as it is a host name
    /// or an address.
    public static func subjectNames(_ given: [String]) -> [SubjectName] {
        var names: [SubjectName] = []
        for text in ["localhost", "127.0.0.1", "::1"] + given {
            guard let name = SubjectName(text), !names.contains(name), names.count < mostNames else { continue }
            names.append(name)
        }
        return names
    }

    /// Reads the server's identities and makes anew what is missing, damaged, about to end, of another authority, or
    /// without one of the names.
    ///
    /// - Parameters:
    ///   - names: see `subjectNames(_:)`.
    ///   - now: seconds since 1970. A clock that was never set is recognised, and the certificate then lasts as long as
    ///     the authority, until a call with the right time.
    /// - Returns: the identities for `TLSContext`, and for each certificate that was made the reason, for the log.
    public func prepare(
        authority: GroupAuthority, names: [SubjectName], commonName: String, at now: Int64
    ) throws(CertificateError) -> (identities: [TLSIdentity], issued: [String]) {
        try CertificateError.file("making the directory of the server's certificate") { () throws(SystemError) in
            try Files.makeDirectories(directory, mode: 0o700)
        }
        var identities: [TLSIdentity] = []
        var issued: [String] = []
        for (type, file) in [(KeyType.ecP256, "server"), (KeyType.rsa2048, "server-rsa")]
        where type == .ecP256 || authority.key.isRSA {
            let slot = Slot(
                type: type, keyPath: "\(directory)/\(file).key", certificatePath: "\(directory)/\(file).crt")
            let (identity, note) = try prepare(slot, authority, names, commonName, now)
            identities.append(identity)
            if let note { issued.append("\(slot.certificatePath): \(note)") }
        }
        return (identities, issued)
    }

    /// Why a certificate has to be replaced, or nil.
    public func needsRenewal(
        _ certificate: Certificate, authority: Certificate, names: [SubjectName], at now: Int64
    ) -> RenewalReason? {
        guard certificate.isSigned(by: authority) else { return .otherAuthority }
        for name in names where !certificate.names.contains(name) { return .newName(name) }
        // An unset clock says nothing about the end, and nothing can be done about it before the clock is set.
        guard Validity.isPlausible(now) else { return nil }
        let left = certificate.notAfter - now
        if left <= 0 { return .expired }
        // A quarter of the lifetime is time enough to try again after a failure.
        if left < lifetime / 4 { return .ending }
        if left > lifetime + Validity.day { return .madeWithoutClock }
        return nil
    }

    private struct Slot {
        let type: KeyType
        let keyPath: String
        let certificatePath: String
    }

    private func prepare(
        _ slot: Slot, _ authority: GroupAuthority, _ names: [SubjectName], _ commonName: String, _ now: Int64
    ) throws(CertificateError) -> (TLSIdentity, String?) {
        var key: PrivateKey?
        var reason = RenewalReason.missing
        if Files.exists(slot.keyPath) {
            // A file cut short by a full disk is replaced; one that may not be read is for a person to look at.
            do throws(CertificateError) {
                key = try KeyFile.readKey(slot.keyPath, purpose: "the server's private key")
            } catch .content(let error) {
                reason = .damaged(error)
            }
        }
        if let key, Files.exists(slot.certificatePath) {
            do throws(CertificateError) {
                let chain = try KeyFile.readChain(slot.certificatePath, purpose: "the server's certificate")
                let identity = try CertificateError.content { () throws(TLSError) in
                    try TLSIdentity(key: key, chain: chain)
                }
                guard
                    let stale = needsRenewal(identity.leaf, authority: authority.certificate, names: names, at: now)
                else { return (identity, nil) }
                reason = stale
            } catch .content(let error) {
                reason = .damaged(error)
            }
        }
        let identity = try issue(slot, key, authority, names, commonName, now)
        do throws(CertificateError) {
            try write(identity, to: slot, withKey: key == nil)
        } catch {
            // A full or read-only disk must not take the devices' server away: the certificate serves from memory.
            guard reason != .missing else { throw error }
            return (identity, "\(reason.description); the new one cannot be kept (\(error.description))")
        }
        return (identity, reason.description)
    }

    private func write(_ identity: TLSIdentity, to slot: Slot, withKey: Bool) throws(CertificateError) {
        if withKey { try KeyFile.write(key: identity.key, to: slot.keyPath, purpose: "the server's private key") }
        try KeyFile.write(
            certificate: identity.leaf, to: slot.certificatePath, purpose: "the server's certificate")
    }

    private func issue(
        _ slot: Slot, _ existing: PrivateKey?, _ authority: GroupAuthority, _ names: [SubjectName],
        _ commonName: String, _ now: Int64
    ) throws(CertificateError) -> TLSIdentity {
        let end = Validity.isPlausible(now) ? min(now + lifetime, Validity.end) : Validity.end
        return try CertificateError.content { () throws(TLSError) in
            let key = if let existing { existing } else { try PrivateKey.generate(slot.type, source: slot.keyPath) }
            let certificate = try CertificateTemplate(
                commonName: commonName, usage: .server, names: names, notBefore: Validity.start, notAfter: end
            ).signed(for: key, by: authority.certificate, with: authority.key, source: slot.certificatePath)
            return try TLSIdentity(key: key, chain: [certificate])
        }
    }
}
