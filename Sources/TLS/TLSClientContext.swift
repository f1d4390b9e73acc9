import COpenSSL

/// What the connections to one kind of server share: whom to trust, who this side is, and what is spoken inside.
///
/// The server's certificate has to lead to one of the authorities, to be for the host that was asked for, and to be
/// valid now by this machine's clock.
public final class TLSClientContext {
    /// OpenSSL's level of 112 bits, as for the local server.
    private static let securityLevel: Int32 = 2
    /// Certificates of one file of authorities: the largest system store has some 200.
    private static let mostAuthorities = 1_000
    /// Larger files of authorities are refused: a system store has 250 kB.
    public static let largestAuthorities = 4_194_304

    let pointer: OpaquePointer

    /// Makes a client context for TLS 1.2 and 1.3 that trusts nobody yet.
    ///
    /// - Parameters:
    ///   - identity: what this side proves itself with, or nil where the server does not ask.
    ///   - protocols: the names offered by ALPN (RFC 7301), the preferred first; none where it is empty.
    public init(identity: TLSIdentity? = nil, protocols: [String] = []) throws(TLSError) {
        Library.begin()
        guard let pointer = SSL_CTX_new(TLS_client_method()) else {
            throw .library(step: "making a TLS context", reason: ErrorQueue.text())
        }
        // From here on deinit frees it, also when this initialiser throws.
        self.pointer = pointer
        SSL_CTX_set_security_level(pointer, Self.securityLevel)
        _ = copenssl_ctx_set_client_options(pointer)
        _ = copenssl_ctx_set_mode(
            pointer,
            Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_ENABLE_PARTIAL_WRITE)
                | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) | Int(SSL_MODE_NO_AUTO_CHAIN))
        guard copenssl_ctx_set_min_version(pointer, TLS1_2_VERSION) == 1 else {
            throw .library(step: "configuring TLS", reason: ErrorQueue.text())
        }
        // A certificate in the file of authorities is trusted as it stands, whoever signed it: V1's rule.
        X509_STORE_set_flags(SSL_CTX_get_cert_store(pointer), CUnsignedLong(X509_V_FLAG_PARTIAL_CHAIN))
        SSL_CTX_set_verify(
            pointer, SSL_VERIFY_PEER,
            { isGood, store in
                if isGood != 1, let store { TLSConnection.noteRefusal(store) }
                return isGood
            })
        if let identity { try use(identity) }
        if !protocols.isEmpty { try offer(protocols) }
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Trusts the certificates of a PEM text, or the one in DER.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func trust(_ bytes: [UInt8], source: String) throws(TLSError) -> Int {
        guard bytes.count <= Self.largestAuthorities else {
            throw .unreadableCertificate(source: source, reason: "it is larger than \(Self.largestAuthorities) bytes")
        }
        Library.begin()
        let (found, damage) = Certificate.pointers(bytes, most: Self.mostAuthorities)
        defer { for certificate in found { X509_free(certificate) } }
        guard damage.isEmpty, !found.isEmpty else {
            throw .unreadableCertificate(
                source: source, reason: damage.isEmpty ? "there is none in it" : ErrorQueue.text(of: damage))
        }
        for certificate in found where X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), certificate) != 1 {
            throw .library(step: "trusting \(source)", reason: ErrorQueue.text())
        }
        return found.count
    }

    private func use(_ identity: TLSIdentity) throws(TLSError) {
        var used =
            SSL_CTX_use_certificate(pointer, identity.leaf.pointer) == 1
            && SSL_CTX_use_PrivateKey(pointer, identity.key.pointer) == 1
        for intermediate in identity.chain.dropFirst() where used {
            used = copenssl_ctx_add_chain(pointer, intermediate.pointer) == 1
        }
        guard used else {
            throw .library(step: "using the certificate \(identity.leaf.source)", reason: ErrorQueue.text())
        }
    }

    private func offer(_ protocols: [String]) throws(TLSError) {
        var wire: [UInt8] = []
        for name in protocols {
            let bytes = [UInt8](name.utf8)
            precondition(bytes.count > 0 && bytes.count < 256, "an ALPN name has 1 to 255 bytes (RFC 7301 section 3.1)")
            wire.append(UInt8(bytes.count))
            wire.append(contentsOf: bytes)
        }
        // Unlike its siblings this call gives 0 for success.
        guard SSL_CTX_set_alpn_protos(pointer, wire, UInt32(wire.count)) == 0 else {
            throw .library(step: "offering a protocol by ALPN", reason: ErrorQueue.text())
        }
    }
}
