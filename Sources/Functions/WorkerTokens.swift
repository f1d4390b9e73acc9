import Bytes

/// The secrets by which workers prove who they are (`Authorization`, `AWS_CONTAINER_AUTHORIZATION_TOKEN`).
///
/// A token is `Basic ` and base64 of the worker's number and 32 random bytes: the number finds the entry, and the whole
/// is compared in constant time, so that the time an answer takes tells nothing about the secret.
struct WorkerTokens {
    private static let prefix: StaticString = "Basic "
    private static let secretBytes = 32

    private var tokens: [UInt32: [UInt8]] = [:]

    /// Makes the token of a worker.
    mutating func issue(_ worker: UInt32) -> [UInt8] {
        var bytes: [UInt8] = []
        for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: worker >> UInt32(shift))) }
        var generator = SystemRandomNumberGenerator()
        while bytes.count < 4 + Self.secretBytes {
            let random: UInt64 = generator.next()
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: random >> UInt64(shift * 8))) }
        }
        let token = [UInt8](Self.prefix) + Base64.encode(bytes)
        tokens[worker] = token
        return token
    }

    mutating func revoke(_ worker: UInt32) {
        tokens[worker] = nil
    }

    /// The worker whose token this is; nil for any other text.
    func worker(of authorization: [UInt8]) -> UInt32? {
        guard authorization.starts(with: Self.prefix) else { return nil }
        let text = [UInt8](authorization.dropFirst(Self.prefix.utf8CodeUnitCount))
        guard let bytes = Base64.decode(text), bytes.count == 4 + Self.secretBytes else { return nil }
        let number = UInt32(bytes[0]) << 24 | UInt32(bytes[1]) << 16 | UInt32(bytes[2]) << 8 | UInt32(bytes[3])
        guard let token = tokens[number], ConstantTime.equal(token, authorization) else { return nil }
        return number
    }
}
