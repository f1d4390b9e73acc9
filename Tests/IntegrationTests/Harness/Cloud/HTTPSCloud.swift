import Foundation

/// The cloud's HTTPS endpoints (Cloud/https_cloud.py), which tell what they are asked and answer as told.
final class HTTPSCloud {
    let certificates: CloudCertificates
    let port: Int
    private let child: Child

    /// - Parameters:
    ///   - alpn: whether it serves only who asks for AWS IoT's protocols by ALPN.
    ///   - isOld: whether it has no newer TLS than 1.2.
    init(
        _ certificates: CloudCertificates, host: String = "127.0.0.1", port: Int = 0, alpn: Bool = false,
        isOld: Bool = false
    ) throws {
        self.certificates = certificates
        child = try Child(
            [
                Places.python, Places.tests + "/Cloud/https_cloud.py", "--ca", certificates.ca, "--certificate",
                certificates.server, "--key", certificates.serverKey, "--host", host, "--port", String(port),
            ] + (alpn ? ["--alpn"] : []) + (isOld ? ["--old"] : []))
        self.port = try child.listeningPort()
    }

    /// Has it answer otherwise from now on.
    func tell(_ command: String) throws {
        try child.send(command)
        try sees("done")
    }

    /// Waits for a line with these words, in their order from its beginning, and returns all its words.
    @discardableResult
    func sees(_ words: String...) throws -> [String] {
        let start = words.joined(separator: "\t")
        guard let line = child.output.first(where: { $0 == start || $0.hasPrefix(start + "\t") }) else {
            throw HarnessError("the cloud did not see '\(start)': \(child.output.seen.suffix(60)) \(child.errors.seen)")
        }
        return line.components(separatedBy: "\t")
    }

    /// Everything it has said so far.
    var seen: [String] { child.output.seen }
}
