import Bytes

/// What a request to the local endpoint asks for (facts/ipc.md §1.3), from its method and target alone.
enum IPCRoute: Equatable {
    case invoke(arn: String)
    case result(arn: String)
    case work(arn: String)
    case postResult(arn: String)
    case initialized(arn: String)
    case credentials
    case log
    case health
    case healthOf

    enum Flaw: Error, Equatable {
        /// A broken percent-encoding, or a path with bytes no path of ours has.
        case malformed
        case unknownPath
        case wrongMethod
        /// Below the credential provider there is nothing.
        case belowCredentials
    }

    /// Longest target: an ARN of a function is at most 204 bytes, three times as long when percent-encoded.
    static let longestTarget = 1024

    static func parse(method: [UInt8], target: [UInt8]) throws(Flaw) -> IPCRoute {
        let path = try decode(target)
        guard path.starts(with: "/2016-11-01/") else { throw .unknownPath }
        let rest = [UInt8](path.dropFirst(12))
        if rest.starts(with: "functions/") {
            return try function(method, [UInt8](rest.dropFirst(10)))
        }
        if rest.starts(with: "credentialprovider") {
            guard rest.count <= 19, rest.count == 18 || rest.last == UInt8(ascii: "/") else { throw .belowCredentials }
            guard method == [UInt8]("GET") else { throw .wrongMethod }
            return .credentials
        }
        if rest == [UInt8]("cloudwatch/logs/") || rest == [UInt8]("cloudwatch/logs") {
            guard method == [UInt8]("POST") else { throw .wrongMethod }
            return .log
        }
        if rest == [UInt8]("health/workers") {
            if method == [UInt8]("GET") { return .health }
            guard method == [UInt8]("POST") else { throw .wrongMethod }
            return .healthOf
        }
        throw .unknownPath
    }

    private static func function(_ method: [UInt8], _ rest: [UInt8]) throws(Flaw) -> IPCRoute {
        var parts = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        // Clients that join paths leave a slash at the end.
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        guard let first = parts.first, parts.count <= 2, first.starts(with: "arn:".utf8) else { throw .unknownPath }
        let arn = [UInt8](first).text
        if parts.count == 1 {
            if method == [UInt8]("POST") { return .invoke(arn: arn) }
            if method == [UInt8]("GET") { return .result(arn: arn) }
            throw .wrongMethod
        }
        let last = [UInt8](parts[1])
        if last == [UInt8]("work") {
            if method == [UInt8]("GET") { return .work(arn: arn) }
            if method == [UInt8]("POST") { return .postResult(arn: arn) }
            throw .wrongMethod
        }
        guard last == [UInt8]("initialized") else { throw .unknownPath }
        guard method == [UInt8]("PUT") else { throw .wrongMethod }
        return .initialized(arn: arn)
    }

    /// The path without query, percent-encodings undone (RFC 3986 section 2.1); printable ASCII only.
    private static func decode(_ target: [UInt8]) throws(Flaw) -> [UInt8] {
        guard target.count <= longestTarget else { throw .malformed }
        var path: [UInt8] = []
        path.reserveCapacity(target.count)
        var index = 0
        while index < target.count, target[index] != UInt8(ascii: "?") {
            var byte = target[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < target.count, let high = Hexadecimal.value(target[index + 1]),
                    let low = Hexadecimal.value(target[index + 2])
                else { throw .malformed }
                byte = high << 4 | low
                index += 2
            }
            guard byte > 0x20, byte < 0x7F else { throw .malformed }
            path.append(byte)
            index += 1
        }
        return path
    }
}
