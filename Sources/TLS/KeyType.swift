/// The kinds of private key this module makes.
public enum KeyType: Equatable, Sendable {
    /// EC on NIST P-256: made in milliseconds and cheap to sign with, also on ARMv6.
    case ecP256
    /// RSA of 2048 bits, V1's own kind; making one takes seconds on ARMv6.
    case rsa2048
}
