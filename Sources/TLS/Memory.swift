import COpenSSL

/// Bytes in and out of OpenSSL.
enum Memory {
    /// A copy of what was written into a memory BIO.
    static func bytes(of bio: OpaquePointer) -> [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = copenssl_bio_memory(bio, &start)
        guard let start, count > 0 else { return [] }
        return [UInt8](UnsafeRawBufferPointer(start: start, count: Int(count)))
    }
}

extension [UInt8] {
    /// Overwrites the bytes with zeros, so that a key does not linger in freed memory. Erases the storage itself only
    /// where the array is its one owner: do not copy arrays that hold keys.
    public mutating func erase() {
        withUnsafeMutableBytes { bytes in
            if let start = bytes.baseAddress { OPENSSL_cleanse(start, bytes.count) }
        }
        removeAll()
    }
}
