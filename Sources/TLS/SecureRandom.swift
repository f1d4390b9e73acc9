import COpenSSL

/// Unpredictable bytes, for tokens, serial numbers and keys.
public enum SecureRandom {
    /// `count` bytes of OpenSSL's generator, which the kernel seeds.
    public static func bytes(_ count: Int) throws(TLSError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        Library.begin()
        guard count == 0 || RAND_bytes_ex(nil, &bytes, count, 0) == 1 else {
            throw .library(step: "drawing random bytes", reason: ErrorQueue.text())
        }
        return bytes
    }
}
