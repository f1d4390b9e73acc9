import Bytes
import COpenSSL
import MQTT
import TLS

/// A client over TLS that never waits; it does not check the server.
final class SecureClient {
    private let socket: TestClient
    private let context: OpaquePointer?
    private let ssl: OpaquePointer?
    private var buffer = ByteBuffer()
    private(set) var received: [Packet] = []
    private(set) var isEnded = false

    /// - Parameter identity: nil sends no certificate.
    init(port: UInt16, identity: TLSIdentity?) throws {
        socket = try TestClient(port: port)
        socket.makeNonBlocking()
        context = SSL_CTX_new(TLS_client_method())
        if let identity {
            SSL_CTX_use_certificate(
                context, try Self.read(identity.leaf.pem()) { PEM_read_bio_X509($0, nil, nil, nil) })
            SSL_CTX_use_PrivateKey(
                context, try Self.read(identity.key.pem()) { PEM_read_bio_PrivateKey($0, nil, nil, nil) })
        }
        ssl = SSL_new(context)
        SSL_set_fd(ssl, socket.descriptor)
        SSL_set_connect_state(ssl)
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    private static func read(_ pem: [UInt8], _ parse: (OpaquePointer?) -> OpaquePointer?) -> OpaquePointer? {
        pem.withUnsafeBytes { bytes in
            let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count))
            defer { BIO_free_all(bio) }
            return parse(bio)
        }
    }

    /// Moves the handshake on.
    /// - Returns: whether it is over, well or not.
    func shakeHands() -> Bool {
        let result = SSL_do_handshake(ssl)
        return result == 1 || note(result)
    }

    func send(_ packet: Packet) throws {
        let bytes = try encoded(packet)
        _ = note(SSL_write(ssl, bytes, Int32(bytes.count)))
    }

    /// Everything that came.
    @discardableResult
    func receive() throws -> [Packet] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !isEnded {
            let count = SSL_read(ssl, &chunk, Int32(chunk.count))
            if count > 0 {
                buffer.append(Array(chunk[0..<Int(count)]))
            } else if !note(count) {
                break
            }
        }
        while let packet = try Packet.read(from: &buffer) { received.append(packet) }
        return received
    }

    /// - Returns: whether the connection has ended.
    private func note(_ result: Int32) -> Bool {
        defer { ERR_clear_error() }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_NONE, SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
        default:
            isEnded = true
            return true
        }
    }
}
