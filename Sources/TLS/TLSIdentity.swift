/// A private key with the certificates that prove it, the leaf first.
public struct TLSIdentity {
    public let key: PrivateKey
    public let chain: [Certificate]

    /// - Throws: `keyMismatch` naming both files where the first certificate is not for the key; `unsuitableKey`.
    public init(key: PrivateKey, chain: [Certificate]) throws(TLSError) {
        guard let leaf = chain.first else {
            throw .unreadableCertificate(source: key.source, reason: "there is no certificate for this key")
        }
        try key.checkSuitable()
        guard leaf.matches(key) else { throw .keyMismatch(key: key.source, certificate: leaf.source) }
        self.key = key
        self.chain = chain
    }

    /// The certificate that belongs to the key.
    public var leaf: Certificate { chain[0] }
}
