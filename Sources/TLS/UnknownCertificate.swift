/// A certificate that was refused, for the log.
///
/// A class, so that `TLSResult`, which every read and write gives back, stays small; and because Swift 6.3.1 loses the
/// text beside the 32 bytes on aarch64 when both lie in a case of an enum (docs/embedded-swift.md).
public final class UnknownCertificate: Equatable, CustomStringConvertible {
    public let id: CertificateID
    /// Empty where the certificate has none.
    public let commonName: String

    public init(id: CertificateID, commonName: String) {
        self.id = id
        self.commonName = commonName
    }

    /// The ID, and the common name where there is one.
    public var description: String {
        commonName.isEmpty ? id.description : "\(id.description) (CN \(commonName))"
    }

    public static func == (first: UnknownCertificate, second: UnknownCertificate) -> Bool {
        first.id == second.id && first.commonName == second.commonName
    }
}
