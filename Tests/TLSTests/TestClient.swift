import Bytes
import COpenSSL
import Foundation
import TLS
import Testing

/// A plain OpenSSL client that trusts one authority, for the other end of a socket pair.
final class TestClient {
    let context: OpaquePointer
    private(set) var ssl: OpaquePointer?

    init(
        trusting authority: Certificate, identity: TLSIdentity?, version: Int32, suites: String? = nil
    ) throws {
        context = try #require(SSL_CTX_new(TLS_client_method()))
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        SSL_CTX_set_security_level(context, 0)
        if let suites { #expect(SSL_CTX_set_cipher_list(context, suites) == 1) }
        let trusted = try Self.x509(authority)
        X509_STORE_add_cert(SSL_CTX_get_cert_store(context), trusted)
        X509_free(trusted)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        guard let identity else { return }
        let leaf = try Self.x509(identity.leaf)
        #expect(SSL_CTX_use_certificate(context, leaf) == 1)
        X509_free(leaf)
        let pem = try identity.key.pem()
        let key = try #require(
            pem.withUnsafeBytes { bytes -> OpaquePointer? in
                let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
                defer { BIO_free_all(bio) }
                return PEM_read_bio_PrivateKey(bio, nil, nil, nil)
            })
        #expect(SSL_CTX_use_PrivateKey(context, key) == 1)
        EVP_PKEY_free(key)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// Begins a new connection, continuing `session` where there is one.
    func connect(_ descriptor: Int32, session: OpaquePointer? = nil) {
        // A session that was not shut down is not resumed by its own client.
        if let ssl { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        SSL_free(ssl)
        ssl = SSL_new(context)
        SSL_set_fd(ssl, descriptor)
        SSL_set_connect_state(ssl)
        if let session { SSL_set_session(ssl, session) }
    }

    private static func x509(_ certificate: Certificate) throws -> OpaquePointer {
        let pem = try certificate.pem()
        return try #require(
            pem.withUnsafeBytes { bytes -> OpaquePointer? in
                let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
                defer { BIO_free_all(bio) }
                return PEM_read_bio_X509(bio, nil, nil, nil)
            })
    }
}
