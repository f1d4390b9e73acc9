import Bytes

extension HTTPRequest {
    /// `method SP request-target SP HTTP-version` (RFC 9112 section 3).
    func readStartLine(_ line: Span<UInt8>) throws(HTTPError) {
        for index in line.indices where line[index] < 0x20 || line[index] == 0x7F { throw .controlCharacter }
        var first = 0
        while first < line.count, line[first] != 0x20 { first += 1 }
        var second = first + 1
        while second < line.count, line[second] != 0x20 { second += 1 }
        guard second < line.count, HTTPSyntax.isToken(line.extracting(0..<first)) else { throw .malformedStartLine }
        method = HTTPMethod(line.extracting(0..<first))
        minorVersion = try HTTPRequest.minorVersion(line.extracting(second + 1..<line.count))
        try readTarget(line.extracting(first + 1..<second))
    }

    /// `HTTP/1.x`; a higher minor version is compatible (RFC 9110 section 2.5).
    static func minorVersion(_ version: Span<UInt8>) throws(HTTPError) -> UInt8 {
        guard version.count == 8, HTTPSyntax.equals(version.extracting(0..<5), "HTTP/"),
            version[6] == UInt8(ascii: "."),
            HTTPSyntax.decimal(version.extracting(5..<6)) != nil, HTTPSyntax.decimal(version.extracting(7..<8)) != nil
        else { throw .malformedStartLine }
        guard version[5] == UInt8(ascii: "1") else { throw .unsupportedVersion }
        return version[7] == UInt8(ascii: "0") ? 0 : 1
    }

    /// Origin form, absolute form of the scheme http, or `*` (RFC 9112 section 3.2).
    private func readTarget(_ target: Span<UInt8>) throws(HTTPError) {
        for index in target.indices where target[index] > 0x7E || target[index] == UInt8(ascii: "#") {
            throw .malformedTarget
        }
        guard !target.isEmpty else { throw .malformedStartLine }
        if HTTPSyntax.equals(target, "*") {
            path.append(UInt8(ascii: "*"))
            return
        }
        var start = 0
        if target[0] != UInt8(ascii: "/") {
            let scheme = "http://" as StaticString
            guard target.count > scheme.utf8CodeUnitCount,
                HTTPSyntax.equalsIgnoringCase(target.extracting(0..<scheme.utf8CodeUnitCount), scheme)
            else { throw .malformedTarget }
            start = scheme.utf8CodeUnitCount
            while start < target.count, target[start] != UInt8(ascii: "/"), target[start] != UInt8(ascii: "?") {
                start += 1
            }
            if start == scheme.utf8CodeUnitCount { throw .malformedTarget }
        }
        var end = start
        while end < target.count, target[end] != UInt8(ascii: "?") { end += 1 }
        try decodePath(target.extracting(start..<end))
        if end < target.count {
            query = target.extracting(end + 1..<target.count).withUnsafeBufferPointer { [UInt8]($0) }
        }
    }

    private func decodePath(_ encoded: Span<UInt8>) throws(HTTPError) {
        if encoded.isEmpty { path.append(UInt8(ascii: "/")) }
        path.reserveCapacity(encoded.count)
        var index = 0
        while index < encoded.count {
            if encoded[index] == UInt8(ascii: "%") {
                guard index + 2 < encoded.count, let high = Hexadecimal.value(encoded[index + 1]),
                    let low = Hexadecimal.value(encoded[index + 2]), high | low != 0
                else { throw .malformedTarget }
                path.append(high << 4 | low)
                index += 3
            } else {
                path.append(encoded[index])
                index += 1
            }
        }
    }
}
