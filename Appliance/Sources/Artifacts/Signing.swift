import Foundation
import Image

/// What whoever builds signs, with keys that are theirs: the checksums, the apt repository, or both.
public struct Signing {
    /// A private key's PEM file, for the checksums.
    private let key: String?
    /// A file with an OpenPGP private key, for the apt repository.
    private let gpgKey: String?

    /// - Throws: when no key is given.
    public init(key: String?, gpgKey: String?) throws(BuildError) {
        guard key != nil || gpgKey != nil else {
            throw BuildError(
                "No key was given. --key FILE or PERENNIAL_SIGNING_KEY names a private key's PEM file for the checksums, "
                    + "--gpg-key FILE or PERENNIAL_GPG_KEY an OpenPGP private key for the apt repository; none is ever made "
                    + "here.")
        }
        self.key = key
        self.gpgKey = gpgKey
    }

    /// - Returns: the names of the signatures that it wrote.
    /// - Throws: when what is to be signed is not there, or a key cannot sign it.
    public func run(in build: Build) throws -> [String] {
        var names: [String] = []
        if let gpgKey { names += try DebianRepository().sign(key: gpgKey, in: build) }
        if let key { names.append(try Checksums(build).sign(key: key)) }
        return names
    }
}
