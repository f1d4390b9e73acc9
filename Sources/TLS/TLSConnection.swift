import COpenSSL

/// One TLS connection over a non-blocking descriptor.
///
/// The descriptor stays the caller's: it is closed after the connection has gone. Each step does what it can without
/// waiting and says what it waits for; nothing here knows of a clock, so the caller bounds the handshake's time. Writes
/// to a socket that the other end has closed raise SIGPIPE: the process ignores that signal.
public final class TLSConnection {
    private let ssl: OpaquePointer
    private let side: Side
    private var refused: PeerCertificate?
    private var untrusted: UntrustedServer?
    /// How the connection ended. OpenSSL allows no further calls after a failure (`SSL_get_error(3)`).
    private var ending: TLSResult?

    /// Which end this is, with what has to live as long as the connection.
    private enum Side {
        case server(TLSContext)
        case client(TLSClientContext)
        /// The client's end of a connection inside another one: a server behind a proxy that itself speaks TLS.
        case inner(TLSClientContext, TLSConnection)
    }

    /// Whether the other end has said that nothing more comes (RFC 8446 section 6.1). A connection that was cut is
    /// `closed` too, without it: where only the end of the connection ends a text, there the text may be cut short.
    public private(set) var hasFarewell = false

    /// The certificate at the other end, from the end of the handshake on.
    public private(set) var peer: PeerCertificate?

    /// Prepares the server's side on an accepted socket; the handshake follows.
    public init(accepting descriptor: Int32, context: TLSContext) throws(TLSError) {
        Library.begin()
        guard let ssl = SSL_new(context.pointer) else {
            throw .library(step: "preparing a TLS connection", reason: ErrorQueue.text())
        }
        guard SSL_set_fd(ssl, descriptor) == 1 else {
            SSL_free(ssl)
            throw .library(step: "preparing a TLS connection", reason: ErrorQueue.text())
        }
        SSL_set_accept_state(ssl)
        self.ssl = ssl
        side = .server(context)
        _ = copenssl_ssl_set_app_data(ssl, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Prepares the client's side on a connected socket; the handshake follows.
    ///
    /// - Parameter host: whom to reach, a name or an address: asked for by SNI, and what the certificate has to be for.
    public init(connecting descriptor: Int32, host: String, context: TLSClientContext) throws(TLSError) {
        ssl = try Self.client(host, context) { SSL_set_fd($0, descriptor) == 1 }
        side = .client(context)
        _ = copenssl_ssl_set_app_data(ssl, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Prepares the client's side inside a connection whose handshake is done.
    public init(connectingThrough outer: TLSConnection, host: String, context: TLSClientContext) throws(TLSError) {
        ssl = try Self.client(host, context) { copenssl_ssl_set_inside($0, outer.ssl) == 1 }
        side = .inner(context, outer)
        _ = copenssl_ssl_set_app_data(ssl, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Whether this end has proven itself with its certificate's key: from the handshake on, where the other end asked
    /// for a certificate and there was one.
    public var hasProvenItself: Bool {
        var kind: Int32 = 0
        return SSL_get_signature_type_nid(ssl, &kind) == 1
    }

    private static func client(
        _ host: String, _ context: TLSClientContext, _ attach: (OpaquePointer) -> Bool
    ) throws(TLSError) -> OpaquePointer {
        Library.begin()
        guard let ssl = SSL_new(context.pointer) else {
            throw .library(step: "preparing a TLS connection", reason: ErrorQueue.text())
        }
        var name = host
        // A final dot makes a name absolute for DNS; certificates never have it.
        if name.hasSuffix(".") { name.removeLast() }
        guard copenssl_ssl_set_host(ssl, name) == 1, attach(ssl) else {
            SSL_free(ssl)
            throw .library(step: "preparing a TLS connection to \(host)", reason: ErrorQueue.text())
        }
        SSL_set_connect_state(ssl)
        return ssl
    }

    deinit {
        // Without our farewell OpenSSL holds the session for broken. A device that lost its power or its network is
        // the one that comes back soon; after a real violation OpenSSL has dropped the session itself.
        if peer != nil { SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        SSL_free(ssl)
    }

    /// Continues the handshake; `done(0)` when the other end is proven and recognised.
    public func handshake() -> TLSResult {
        if let ending { return ending }
        begin()
        let returned = SSL_do_handshake(ssl)
        guard returned == 1 else { return result(of: returned) }
        guard case .server(let context) = side else {
            if peer == nil, let x509 = SSL_get0_peer_certificate(ssl), let id = CertificateID(x509: x509) {
                peer = PeerCertificate(id: id, x509: x509)
            }
            return .done(0)
        }
        if peer == nil {
            // A resumed handshake does not verify: the certificate comes out of the session. Whoever looked the session
            // up has asked already; asking here too leaves no way around the question.
            guard let x509 = SSL_get0_peer_certificate(ssl), let id = CertificateID(x509: x509) else {
                return end(.failed(.noCertificate))
            }
            let certificate = PeerCertificate(id: id, x509: x509)
            guard context.isRecognised(id) else {
                return end(.failed(.unknownCertificate(UnknownCertificate(id: id, commonName: certificate.commonName))))
            }
            peer = certificate
        }
        return .done(0)
    }

    /// Reads plain text into `buffer`.
    ///
    /// Bytes may wait inside OpenSSL that `epoll` does not show: read until `wantRead`, or look at `hasPending`.
    public func read(into buffer: UnsafeMutableRawBufferPointer) -> TLSResult {
        if let ending { return ending }
        guard let start = buffer.baseAddress, !buffer.isEmpty else { return .done(0) }
        begin()
        var count = 0
        let returned = SSL_read_ex(ssl, start, buffer.count, &count)
        return returned == 1 ? .done(count) : result(of: returned)
    }

    /// Writes plain text, perhaps only its beginning. After `wantRead` or `wantWrite` the same bytes come again, with
    /// others after them if there are more.
    public func write(_ bytes: UnsafeRawBufferPointer) -> TLSResult {
        if let ending { return ending }
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return .done(0) }
        begin()
        var count = 0
        let returned = SSL_write_ex(ssl, start, bytes.count, &count)
        return returned == 1 ? .done(count) : result(of: returned)
    }

    /// Tells the other end that nothing more comes; `done(0)` when that is sent. Its answer need not be waited for.
    public func shutdown() -> TLSResult {
        if let ending { return ending }
        begin()
        let returned = SSL_shutdown(ssl)
        // 0: sent, and the other end's own notice has not come yet.
        return returned >= 0 ? .done(0) : result(of: returned)
    }

    /// Whether bytes wait inside OpenSSL, perhaps not yet a whole record.
    public var hasPending: Bool {
        if case .inner(_, let outer) = side, outer.hasPending { return true }
        return SSL_has_pending(ssl) == 1
    }

    /// The protocol's name for logs: `TLSv1.3`.
    public var protocolName: String { SSL_get_version(ssl).map { String(cString: $0) } ?? "" }

    /// The cipher suite's name for logs: `TLS_AES_128_GCM_SHA256`; empty before the handshake.
    public var cipherName: String {
        guard let cipher = SSL_get_current_cipher(ssl), let name = SSL_CIPHER_get_name(cipher) else { return "" }
        return String(cString: name)
    }

    /// What was agreed on by ALPN; empty where nothing was.
    public var negotiatedProtocol: String {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &start, &count)
        guard let start, count > 0 else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }

    /// Whether the handshake continued an earlier session.
    public var isResumed: Bool { SSL_session_reused(ssl) == 1 }

    /// Keeps what the verification refused, for the sentence in the log.
    func noteRefusal(_ certificate: PeerCertificate) {
        refused = certificate
    }

    /// Keeps the first thing that the verification of a server's certificate stumbled over.
    static func noteRefusal(_ store: OpaquePointer) {
        guard let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
            let reference = copenssl_ssl_get_app_data(OpaquePointer(ssl))
        else { return }
        let connection = Unmanaged<TLSConnection>.fromOpaque(reference).takeUnretainedValue()
        if connection.untrusted == nil { connection.untrusted = UntrustedServer(store) }
    }

    /// `SSL_get_error(3)` needs an empty queue before each call.
    private func begin() {
        ERR_clear_error()
        copenssl_clear_errno()
    }

    private func end(_ result: TLSResult) -> TLSResult {
        ending = result
        return result
    }

    private func result(of returned: Int32) -> TLSResult {
        let code = copenssl_errno()
        switch SSL_get_error(ssl, returned) {
        case SSL_ERROR_WANT_READ:
            return .wantRead
        case SSL_ERROR_WANT_WRITE:
            return .wantWrite
        case SSL_ERROR_ZERO_RETURN:
            hasFarewell = true
            return end(.closed)
        case SSL_ERROR_SYSCALL:
            ErrorQueue.clear()
            // A server that closes while bytes still come answers with a reset.
            let isClosed = code == 0 || code == ECONNRESET || code == EPIPE
            return end(isClosed ? .closed : .failed(.system(code)))
        default:
            return end(ending(of: ErrorQueue.drain()))
        }
    }

    private func ending(of entries: [ErrorQueue.Entry]) -> TLSResult {
        if let untrusted { return .failed(.untrustedServer(untrusted)) }
        if let refused {
            return .failed(
                .unknownCertificate(UnknownCertificate(id: refused.id, commonName: refused.commonName)))
        }
        for entry in entries where entry.isTLS {
            // The end of the stream without TLS's own farewell: MQTT and HTTP know their lengths, and devices that lose
            // power do not say goodbye.
            if entry.reason == SSL_R_UNEXPECTED_EOF_WHILE_READING { return .closed }
            if let failure = TLSFailure(openSSLReason: entry.reason) { return .failed(failure) }
        }
        return .failed(.other(ErrorQueue.text(of: entries)))
    }
}
