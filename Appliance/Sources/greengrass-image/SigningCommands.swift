import ArgumentParser
import Artifacts
import Foundation
import Image

struct ChecksumsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checksums", abstract: "Writes SHA256SUMS with every artifact of the output folder.")

    @OptionGroup var place: Place

    func run() throws {
        let build = try place.build()
        let count = try Checksums(folder: build.output).write()
        print("\(Checksums.fileName) (\(count) files)")
    }
}

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs SHA256SUMS, and the apt repository where a key for it is given.")

    @OptionGroup var place: Place
    @Option(help: "The PEM file of a private key (Ed25519, EC or RSA); PERENNIAL_SIGNING_KEY unless given.")
    var key: String?
    @Option(help: "The file of an OpenPGP private key for the apt repository; PERENNIAL_GPG_KEY unless given.")
    var gpgKey: String?

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let build = try place.build()
        guard let key = key ?? environment["PERENNIAL_SIGNING_KEY"] else {
            throw ValidationError(
                "no key was given. Name a private key's PEM file with --key FILE or PERENNIAL_SIGNING_KEY; none is ever made here."
            )
        }
        if let gpgKey = gpgKey ?? environment["PERENNIAL_GPG_KEY"] {
            try DebianRepository().sign(key: gpgKey, in: build)
            print("\(DebianRepository.folder)/dists/stable/InRelease")
        }
        try Checksums(folder: build.output).sign(key: key)
        print(Checksums.signatureName)
    }
}
