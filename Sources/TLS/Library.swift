import COpenSSL

/// What holds for every use of OpenSSL in this process.
enum Library {
    /// Once, before anything else; too late does no harm.
    private static let keepsBuffers = copenssl_keep_buffers()

    /// Begins an operation: the error queue is empty after it, and OpenSSL never reads its configuration file. The
    /// file's place was fixed where the library was built, and what it says about protocols must not change a core.
    static func begin() {
        _ = keepsBuffers
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        ERR_clear_error()
    }
}
