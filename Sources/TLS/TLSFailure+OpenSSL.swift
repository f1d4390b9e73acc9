import COpenSSL

extension TLSFailure {
    /// The failure that a reason code of OpenSSL's TLS library stands for, or nil.
    init?(openSSLReason reason: Int32) {
        switch reason {
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            self = .noCertificate
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            self = .plainHTTP
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_RECORD_LENGTH_MISMATCH, SSL_R_PACKET_LENGTH_TOO_LONG,
            SSL_R_UNKNOWN_PROTOCOL, SSL_R_BAD_RECORD_TYPE:
            self = .notTLS
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW:
            self = .oldProtocol
        case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
            SSL_R_NO_SUITABLE_KEY_SHARE:
            self = .noSharedCipher
        case SSL_AD_REASON_OFFSET..<SSL_AD_REASON_OFFSET + 256:
            self = .alert(UInt8(reason - SSL_AD_REASON_OFFSET))
        default:
            return nil
        }
    }
}
