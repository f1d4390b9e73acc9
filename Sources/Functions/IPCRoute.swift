import Bytes
import HTTP

/// What a request to the local endpoint asks for (docs/function-protocol.md), from its method and target alone.
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
    case metrics

    enum Flaw: Error, Equatable {
        case unknownPath
        case wrongMethod
        /// Below the credential provider there is nothing.
        case belowCredentials
    }

    /// Longest path: an ARN of a function is at most 204 bytes.
    static let longestPath = 400

    /// - Parameter path: percent-encodings undone, without the query. Some clients encode the colons of an ARN, others
    ///   do not.
    static func parse(method: HTTPMethod, path: [UInt8]) throws(Flaw) -> IPCRoute {
        guard path.count <= longestPath else { throw .unknownPath }
        if path == [UInt8]("/metrics") {
            guard method == .get else { throw .wrongMethod }
            return .metrics
        }
        guard path.starts(with: "/2016-11-01/") else { throw .unknownPath }
        let rest = [UInt8](path.dropFirst(12))
        if rest.starts(with: "functions/") {
            return try function(method, [UInt8](rest.dropFirst(10)))
        }
        if rest.starts(with: "credentialprovider") {
            guard rest.count <= 19, rest.count == 18 || rest.last == UInt8(ascii: "/") else { throw .belowCredentials }
            guard method == .get else { throw .wrongMethod }
            return .credentials
        }
        if rest == [UInt8]("cloudwatch/logs/") || rest == [UInt8]("cloudwatch/logs") {
            guard method == .post else { throw .wrongMethod }
            return .log
        }
        if rest == [UInt8]("health/workers") {
            if method == .get { return .health }
            guard method == .post else { throw .wrongMethod }
            return .healthOf
        }
        throw .unknownPath
    }

    private static func function(_ method: HTTPMethod, _ rest: [UInt8]) throws(Flaw) -> IPCRoute {
        var parts = rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        // Clients that join paths leave a slash at the end.
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        guard let first = parts.first, parts.count <= 2, first.starts(with: "arn:".utf8) else { throw .unknownPath }
        for byte in first where byte <= 0x20 || byte >= 0x7F { throw .unknownPath }
        let arn = [UInt8](first).text
        if parts.count == 1 {
            if method == .post { return .invoke(arn: arn) }
            if method == .get { return .result(arn: arn) }
            throw .wrongMethod
        }
        let last = [UInt8](parts[1])
        if last == [UInt8]("work") {
            if method == .get { return .work(arn: arn) }
            if method == .post { return .postResult(arn: arn) }
            throw .wrongMethod
        }
        guard last == [UInt8]("initialized") else { throw .unknownPath }
        guard method == .put else { throw .wrongMethod }
        return .initialized(arn: arn)
    }
}
