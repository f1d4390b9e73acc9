import Certificates
import Linux
import TLS

/// The core's own certificate, key and CA files, looked at before anything is started with them.
enum PrincipalCheck {
    static func check(_ configuration: Configuration) throws(SetupError) {
        guard let principal = configuration.principal else { return }
        if try CloudCredentials.read(configuration) != nil { return }
        do throws(CertificateError) {
            _ = try TLSIdentity.read(
                key: principal.privateKey, certificate: principal.certificate, purpose: "the core's")
        } catch {
            throw SetupError("The core's identity in config.json cannot be used: \(error.description).")
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(principal.certificateAuthority, limit: Certificate.largestPEM)
        } catch {
            throw SetupError("The root CA in config.json (caPath) cannot be read", error)
        }
        do throws(TLSError) {
            _ = try Certificate.readChain(bytes, source: principal.certificateAuthority)
        } catch {
            throw SetupError("The root CA in config.json (caPath) cannot be used: \(error.description).")
        }
    }
}
