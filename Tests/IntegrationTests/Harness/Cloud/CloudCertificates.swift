import Foundation

/// The certificates of a cloud and of a core that it knows, made by OpenSSL's own tool.
struct CloudCertificates {
    let folder: String

    var ca: String { folder + "/ca.pem" }
    var server: String { folder + "/server.pem" }
    var serverKey: String { folder + "/server.key" }
    var core: String { folder + "/core.pem" }
    var coreKey: String { folder + "/core.key" }

    /// - Parameters:
    ///   - names: what the server's certificate is for.
    ///   - days: from when to when it is valid, counted from now.
    init(in folder: String, names: String = "DNS:localhost,IP:127.0.0.1", days: ClosedRange<Int> = 0...30) throws {
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
            "/CN=Test Cloud CA", "-keyout", folder + "/ca.key", "-out", ca)
        try issue("server", subject: "/CN=cloud", key: serverKey, to: server, names: names, days: days)
        try issue("core", subject: "/CN=core", key: coreKey, to: core, names: "DNS:core", days: 0...30)
    }

    /// - Parameter name: of the request and the file of extensions.
    private func issue(
        _ name: String, subject: String, key: String, to certificate: String, names: String, days: ClosedRange<Int>
    ) throws {
        let request = "\(folder)/\(name).csr"
        let extensions = "\(folder)/\(name).ext"
        try "subjectAltName=\(names)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
        try openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
            "-keyout",
            key, "-out", request)
        // `openssl x509` of OpenSSL 3.0 signs from now on only; `openssl ca` takes both dates, and wants a database.
        let database = "\(folder)/\(name)-database"
        try FileManager.default.createDirectory(atPath: database, withIntermediateDirectories: true)
        try "".write(toFile: database + "/index.txt", atomically: true, encoding: .utf8)
        let configuration = """
            [ca]
            default_ca = authority
            [authority]
            database = \(database)/index.txt
            new_certs_dir = \(database)
            rand_serial = yes
            default_md = sha256
            policy = policy
            x509_extensions = none
            [policy]
            commonName = supplied
            [none]
            """
        try configuration.write(toFile: database + "/ca.cnf", atomically: true, encoding: .utf8)
        try openssl(
            "ca", "-batch", "-config", database + "/ca.cnf", "-cert", ca, "-keyfile", folder + "/ca.key", "-in",
            request,
            "-out", certificate, "-notext", "-startdate", Self.date(days.lowerBound), "-enddate",
            Self.date(days.upperBound), "-extfile", extensions)
    }

    private static func date(_ days: Int) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "yyyyMMddHHmmss'Z'"
        // Now is a little earlier: the clock of the one who looks may not be the same.
        return format.string(from: Date(timeIntervalSinceNow: TimeInterval(days) * 86_400 - 60))
    }

    private func openssl(_ arguments: String...) throws {
        let result = try CommandResult.run(["openssl"] + arguments)
        guard result.succeeded else { throw HarnessError("openssl failed: \(result)") }
    }
}
