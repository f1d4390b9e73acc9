import COpenSSL

/// The sessions that clients may resume, kept here instead of in tickets.
///
/// A ticket is the whole session, certificate included, written, encrypted, and read again at each resumption. OpenSSL 3
/// reads a certificate's key by way of its table of decoders, which takes as long as the signature that the
/// resumption saves, and does so twice: a resumed handshake from a ticket costs as much as a full one. A session that is
/// kept costs about 1 kB beside the certificate, which the connection has anyway.
///
/// Each client has two at most: the last one given to it, and the one it used last, for those that keep their first.
/// Only clients that were recognised get here, so that the group bounds their number.
final class SessionStore {
    /// OpenSSL makes identifiers of this length, 32 random bytes.
    private typealias SessionID = CertificateID

    private struct Entry {
        let session: OpaquePointer
        let client: CertificateID
    }

    private struct Pair {
        var used: SessionID?
        var newest: SessionID?
    }

    /// Above V1's 2,500 devices. A context whose clients are not a group's starts anew here.
    private static let mostClients = 4_096

    private var entries: [SessionID: Entry] = [:]
    private var clients: [CertificateID: Pair] = [:]

    deinit {
        removeAll()
    }

    func removeAll() {
        for entry in entries.values { SSL_SESSION_free(entry.session) }
        entries = [:]
        clients = [:]
    }

    /// Keeps a session.
    /// - Returns: whether the caller's reference is ours now.
    func keep(_ session: OpaquePointer) -> Bool {
        guard let id = Self.id(of: session), let leaf = SSL_SESSION_get0_peer(session),
            let client = CertificateID(x509: leaf), entries[id] == nil
        else { return false }
        if clients.count >= Self.mostClients, clients[client] == nil { removeAll() }
        var pair = clients[client] ?? Pair()
        if let older = pair.newest { forget(older) }
        pair.newest = id
        clients[client] = pair
        entries[id] = Entry(session: session, client: client)
        return true
    }

    /// The session of an identifier, with the client that it belongs to; the reference stays ours.
    func find(_ bytes: UnsafeBufferPointer<UInt8>) -> (session: OpaquePointer, client: CertificateID)? {
        guard let id = SessionID(Array(bytes)), let entry = entries[id] else { return nil }
        if var pair = clients[entry.client], pair.used != id {
            if let older = pair.used { forget(older) }
            pair.used = id
            if pair.newest == id { pair.newest = nil }
            clients[entry.client] = pair
        }
        return (entry.session, entry.client)
    }

    /// Drops a session that OpenSSL found to be bad.
    func remove(_ session: OpaquePointer) {
        guard let id = Self.id(of: session), let entry = entries[id] else { return }
        if var pair = clients[entry.client] {
            if pair.used == id { pair.used = nil }
            if pair.newest == id { pair.newest = nil }
            clients[entry.client] = pair.used == nil && pair.newest == nil ? nil : pair
        }
        forget(id)
    }

    private func forget(_ id: SessionID) {
        if let entry = entries.removeValue(forKey: id) { SSL_SESSION_free(entry.session) }
    }

    private static func id(of session: OpaquePointer) -> SessionID? {
        var length: UInt32 = 0
        guard let start = SSL_SESSION_get_id(session, &length) else { return nil }
        return SessionID(Array(UnsafeBufferPointer(start: start, count: Int(length))))
    }
}
