import COpenSSL

/// What the connections of one listener share: versions, cipher suites, the server's identities, and who may connect.
///
/// A client must send a certificate and prove, by the handshake itself, that it has the key. It is then recognised by
/// the certificate's ID alone: who signed it, and until when it says it is valid, are not looked at. That is V1's
/// model, where the group names certificates, and it is what works on boards whose clock starts in 1970. A device is
/// locked out by removing it from the group. `docs/certificates.md` has the reasons.
///
/// A client may resume a session that is kept here (`SessionStore`). The session has the client's certificate, and the
/// same question is asked about it as in a full handshake.
public final class TLSContext {
    /// The suites of V1's local server for TLS 1.2 (gg-sec.md, cipher suites), the quick ones first, with
    /// ChaCha20-Poly1305 added for processors without AES instructions. TLS 1.0 and 1.1 are not served: OpenSSL 3
    /// refuses their SHA-1 signatures above security level 0.
    static let serverSuites =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
        + "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
        + "ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA:"
        + "AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA:AES256-SHA"

    /// The suites of TLS 1.3, the quick one first: SHA-384 alone costs a handshake a tenth of its time.
    static let modernSuites = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

    /// OpenSSL's level of 112 bits, Debian's default: the host build and the static build then agree.
    private static let securityLevel: Int32 = 2

    /// Bytes a client's certificate chain may have; OpenSSL's default is 100 kB, a device's chain has 1 to 4.
    private static let largestPeerChain = 32_768

    /// Seconds for which a session may be resumed. It must outlive a device's usual reconnects, not a key rotation.
    private static let sessionLifetime = 7_200

    /// Sessions are bound to this name, so that another service does not take them.
    private static let sessionContext = [UInt8]("perennial-local")

    let pointer: OpaquePointer
    private let recognises: (CertificateID) -> Bool
    /// Where clients are recognised by who signed their certificates instead; nil in a group.
    private let authority: Certificate?
    private let sessions = SessionStore()

    /// Makes a server context for TLS 1.2 and 1.3.
    ///
    /// - Parameters:
    ///   - identities: what the server proves itself with; one EC and one RSA identity may stand side by side, and
    ///     each client is shown the one its cipher suites allow, EC first.
    ///   - recognises: whether a certificate's ID is one of the group's now. Asked once or twice for each connection
    ///     attempt, from `TLSConnection.handshake()`.
    public convenience init(
        serving identities: [TLSIdentity], recognises: @escaping (CertificateID) -> Bool
    ) throws(TLSError) {
        try self.init(identities, authority: nil, recognises: recognises)
    }

    /// Makes a server context for a broker without a group: it recognises every certificate that `authority` has signed.
    /// A session is only kept for who was recognised, so that none is asked about again.
    public convenience init(serving identities: [TLSIdentity], signedBy authority: Certificate) throws(TLSError) {
        try self.init(identities, authority: authority, recognises: { _ in true })
    }

    private init(
        _ identities: [TLSIdentity], authority: Certificate?, recognises: @escaping (CertificateID) -> Bool
    ) throws(TLSError) {
        Library.begin()
        guard let pointer = SSL_CTX_new(TLS_server_method()) else {
            throw .library(step: "making a TLS context", reason: ErrorQueue.text())
        }
        // From here on deinit frees it, also when this initialiser throws.
        self.pointer = pointer
        self.recognises = recognises
        self.authority = authority
        try configure()
        try replaceIdentities(identities)
        installCallbacks()
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Shows other certificates to clients from the next handshake on; open connections are not touched. Sessions
    /// of before are forgotten: none lives longer than a certificate.
    public func replaceIdentities(_ identities: [TLSIdentity]) throws(TLSError) {
        Library.begin()
        for identity in identities {
            // OpenSSL keeps one certificate, key and chain for each kind of key; using a certificate selects the kind.
            var used =
                SSL_CTX_use_certificate(pointer, identity.leaf.pointer) == 1
                && SSL_CTX_use_PrivateKey(pointer, identity.key.pointer) == 1 && copenssl_ctx_clear_chain(pointer) == 1
            for intermediate in identity.chain.dropFirst() where used {
                used = copenssl_ctx_add_chain(pointer, intermediate.pointer) == 1
            }
            guard used else {
                throw .library(step: "using the certificate \(identity.leaf.source)", reason: ErrorQueue.text())
            }
        }
        sessions.removeAll()
    }

    /// Whether the group names this certificate now.
    func isRecognised(_ id: CertificateID) -> Bool {
        recognises(id)
    }

    private func configure() throws(TLSError) {
        SSL_CTX_set_security_level(pointer, Self.securityLevel)
        _ = copenssl_ctx_set_server_options(pointer)
        // Buffers of 17 kB a direction are held only while there is something in them. A write may be taken in part
        // and repeated from another address, as an output queue that grows does.
        _ = copenssl_ctx_set_mode(
            pointer,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_NO_AUTO_CHAIN))
        // One system call takes a record's header and body, and the records after it.
        copenssl_ctx_set_read_ahead(pointer, 1)
        _ = copenssl_ctx_use_own_session_cache(pointer)
        SSL_CTX_set_timeout(pointer, Self.sessionLifetime)
        copenssl_ctx_set_max_cert_list(pointer, Self.largestPeerChain)
        SSL_CTX_set_verify(
            pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT | SSL_VERIFY_CLIENT_ONCE, nil)
        guard copenssl_ctx_set_min_version(pointer, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(pointer, Self.serverSuites) == 1,
            SSL_CTX_set_ciphersuites(pointer, Self.modernSuites) == 1, SSL_CTX_set_num_tickets(pointer, 1) == 1,
            SSL_CTX_set_session_id_context(pointer, Self.sessionContext, UInt32(Self.sessionContext.count)) == 1
        else {
            throw .library(step: "configuring TLS", reason: ErrorQueue.text())
        }
    }

    private func installCallbacks() {
        // Unretained: a connection keeps its context alive, and OpenSSL calls only for connections.
        let reference = Unmanaged.passUnretained(self).toOpaque()
        SSL_CTX_set_cert_verify_callback(
            pointer,
            { store, reference in
                guard let store, let reference else { return 0 }
                return Unmanaged<TLSContext>.fromOpaque(reference).takeUnretainedValue().verify(store) ? 1 : 0
            }, reference)
        SSL_CTX_set_ex_data(pointer, 0, reference)
        SSL_CTX_sess_set_new_cb(pointer) { connection, session in
            guard let session, let context = TLSContext.of(SSL_get_SSL_CTX(connection)) else { return 0 }
            return context.sessions.keep(session) ? 1 : 0
        }
        SSL_CTX_sess_set_get_cb(pointer) { connection, start, count, copies in
            // OpenSSL takes a reference of its own.
            copies?.pointee = 1
            guard let context = TLSContext.of(SSL_get_SSL_CTX(connection)) else { return nil }
            return context.resumable(UnsafeBufferPointer(start: start, count: Int(count)))
        }
        SSL_CTX_sess_set_remove_cb(pointer) { context, session in
            guard let session else { return }
            TLSContext.of(context)?.sessions.remove(session)
        }
    }

    private static func of(_ pointer: OpaquePointer?) -> TLSContext? {
        guard let pointer, let reference = SSL_CTX_get_ex_data(pointer, 0) else { return nil }
        return Unmanaged<TLSContext>.fromOpaque(reference).takeUnretainedValue()
    }

    /// The place of OpenSSL's chain verification in a full handshake.
    private func verify(_ store: OpaquePointer) -> Bool {
        // Most clients send their CA as well. It is of no use here, and would cost each connection 6 kB.
        copenssl_drop_issuers(store)
        guard let leaf = X509_STORE_CTX_get0_cert(store), let id = CertificateID(x509: leaf) else {
            X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED)
            return false
        }
        if authority.map({ $0.hasSigned(leaf) }) ?? isRecognised(id) {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return true
        }
        if let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let connection = copenssl_ssl_get_app_data(OpaquePointer(ssl))
        {
            Unmanaged<TLSConnection>.fromOpaque(connection).takeUnretainedValue()
                .noteRefusal(PeerCertificate(id: id, x509: leaf))
        }
        // The device reads this as the alert "bad certificate".
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED)
        return false
    }

    /// The session of an identifier, if the group still names its client. Without one the handshake goes on as a full
    /// one, which then refuses.
    private func resumable(_ id: UnsafeBufferPointer<UInt8>) -> OpaquePointer? {
        guard let found = sessions.find(id), isRecognised(found.client) else { return nil }
        return found.session
    }
}
