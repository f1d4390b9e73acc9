import Foundation

/// The files that `init` and `device add` leave.
enum Identities {
    static func added(_ name: String, root: String, said: CommandResult) throws -> Identity {
        let certificate = "\(root)/certs/devices/\(name).cert.pem"
        return Identity(
            ca: root + "/certs/group-ca/ca.crt", certificate: certificate,
            key: "\(root)/certs/devices/\(name).private.key",
            certificateID: try certificateID(certificate))
    }

    /// Found without the code under test: OpenSSL's own fingerprint of the certificate.
    static func certificateID(_ path: String) throws -> String {
        let result = try CommandResult.run(["openssl", "x509", "-in", path, "-noout", "-fingerprint", "-sha256"])
        guard result.succeeded, let digits = result.output.first?.split(separator: "=").last else {
            throw HarnessError("no certificate in \(path): \(result)")
        }
        return digits.replacingOccurrences(of: ":", with: "").lowercased()
    }

    /// A key and a self-signed certificate that no core has heard of.
    static func stranger(_ name: String, ca: String, in folder: String) throws -> Identity {
        let certificate = "\(folder)/\(name).cert.pem"
        let key = "\(folder)/\(name).key"
        let result = try CommandResult.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=\(name)", "-keyout", key, "-out", certificate,
        ])
        guard result.succeeded else { throw HarnessError("openssl req failed: \(result)") }
        return Identity(ca: ca, certificate: certificate, key: key, certificateID: try certificateID(certificate))
    }
}
