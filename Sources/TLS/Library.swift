import COpenSSL

/// What holds for every use of OpenSSL in this process.
enum Library {
    /// Begins an operation: the error queue is empty after it, and OpenSSL never reads its configuration file. The
    /// file's place was fixed where the library was built, and what it says about protocols must not change a core.
    static func begin() {
        OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil)
        ERR_clear_error()
    }
}
