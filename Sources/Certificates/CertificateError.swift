import Linux
import TLS

/// Why a certificate or key of the group could not be read or made; each case knows the next step.
public enum CertificateError: Error, CustomStringConvertible {
    /// A file could not be read or written; `purpose` is what it is for.
    case file(purpose: String, SystemError)
    /// What was read or made is not usable.
    case content(TLSError)
    /// The directory has no group CA.
    case noAuthority(directory: String)
    /// A group CA is there already: another one would lock out every device that knows it.
    case authorityExists(file: String)
    /// The device has a key or certificate already.
    case deviceExists(file: String)
    /// The text is no name of a thing.
    case deviceName(String)

    public var description: String {
        switch self {
        case .file(let purpose, let error):
            "\(purpose): \(error.description)"
        case .content(let error):
            error.description
        case .noAuthority(let directory):
            "there is no group CA in \(directory) (\(GroupAuthority.certificateName), \(GroupAuthority.keyName)); "
                + "make one with: greengrassd init"
        case .authorityExists(let file):
            "there is a group CA already: \(file); devices trust it, so it is not replaced. To begin anew, move the "
                + "file and its key away and give every device the new CA"
        case .deviceExists(let file):
            "\(file) exists and is not replaced; choose another name, or move the device's files away"
        case .deviceName(let name):
            "\"\(name)\" is no name for a device; expected 1 to 128 letters, digits, '-', '_' or ':'"
        }
    }

    /// Runs a step on files and tells what the files are for if it fails.
    static func file<Value>(
        _ purpose: @autoclosure () -> String, _ body: () throws(SystemError) -> Value
    ) throws(CertificateError) -> Value {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .file(purpose: purpose(), error)
        }
    }

    /// Runs a step on keys and certificates.
    static func content<Value>(_ body: () throws(TLSError) -> Value) throws(CertificateError) -> Value {
        do throws(TLSError) {
            return try body()
        } catch {
            throw .content(error)
        }
    }
}
