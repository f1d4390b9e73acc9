import Foundation

/// A cloud as strict as AWS IoT (Cloud/strict_cloud.py), which tells what it sees and misbehaves on command.
final class StrictCloud {
    let certificates: CloudCertificates
    let port: Int
    private let child: Child

    init(in folder: String, certificates: CloudCertificates? = nil, alpn: Bool = false) throws {
        let made = try certificates ?? CloudCertificates(in: folder + "/pki")
        self.certificates = made
        child = try Child(
            [
                Places.python, Places.tests + "/Cloud/strict_cloud.py", "--ca", made.ca, "--certificate", made.server,
                "--key", made.serverKey,
            ] + (alpn ? ["--alpn"] : []))
        port = try child.listeningPort()
    }

    func tell(_ command: String) throws { try child.send(command) }

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

    /// The payloads of the next messages on this topic, until one of them is `last`.
    func payloads(of topic: String, until last: String) throws -> [String] {
        var payloads: [String] = []
        while payloads.last != last {
            guard let line = child.output.first(where: { $0.hasPrefix("message\t") && $0.contains("\t\(topic)\t") })
            else { throw HarnessError("\(last) did not reach the cloud; \(payloads.count) messages did") }
            payloads.append(line.components(separatedBy: "\t").last ?? "")
        }
        return payloads
    }
}

/// A bad network between the core and the cloud (Cloud/faulty_proxy.py).
final class FaultyProxy {
    let port: Int
    private let child: Child

    /// - Parameters:
    ///   - tls: the certificate of its near end, which then speaks TLS.
    ///   - http: whether it is an HTTP proxy.
    init(to target: Int, tls: CloudCertificates? = nil, http: Bool = false) throws {
        child = try Child(
            [Places.python, Places.tests + "/Cloud/faulty_proxy.py", "--to", String(target)]
                + (tls.map { ["--certificate", $0.server, "--key", $0.serverKey] } ?? [])
                + (http ? ["--connect"] : []))
        port = try child.listeningPort()
    }

    func tell(_ command: String) throws { try child.send(command) }

    /// Waits until it has said so.
    func says(_ word: String) throws {
        guard child.output.first(where: { $0 == word }) != nil else {
            throw HarnessError("the proxy said no '\(word)'")
        }
    }
}

/// Debian's `tinyproxy`.
final class TinyProxy {
    let port: Int
    private let folder: String
    private let child: Child

    /// - Parameters:
    ///   - user: with a password, for basic authentication.
    ///   - connectPort: the only port that CONNECT may ask for; nil allows all.
    init(in folder: String, user: (name: String, password: String)? = nil, connectPort: Int? = nil) throws {
        self.folder = folder
        port = try Places.freePort()
        let path = "\(folder)/tinyproxy-\(port).conf"
        var text =
            "Port \(port)\nListen 127.0.0.1\nTimeout 600\nMaxClients 20\nLogLevel Info\nLogFile \"\(path).log\"\n"
        if let user { text += "BasicAuth \(user.name) \(user.password)\n" }
        if let connectPort { text += "ConnectPort \(connectPort)\n" }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        _ = FileManager.default.createFile(atPath: path + ".log", contents: nil)
        child = try Child(["tinyproxy", "-d", "-c", path])
        let deadline = Deadline()
        while deadline.millisecondsLeft > 0, log.contains("Accepting connections") == false { usleep(20_000) }
    }

    /// What it has logged: a line for each CONNECT.
    var log: String { (try? String(contentsOfFile: "\(folder)/tinyproxy-\(port).conf.log", encoding: .utf8)) ?? "" }
}

extension Child {
    /// The port in its first line, `listening<TAB>PORT`.
    func listeningPort() throws -> Int {
        guard let line = output.next(), line.hasPrefix("listening\t"), let port = Int(line.dropFirst(10)) else {
            throw HarnessError("it does not listen: \(output.seen) \(errors.rest())")
        }
        return port
    }
}
