import ArgumentParser
import Artifacts
import Foundation
import Image

struct ChecksumsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checksums",
        abstract: "Writes SHA256SUMS with every artifact of this version in the output folder.")

    @OptionGroup var place: Place

    func run() throws {
        let build = try place.build()
        let count = try Checksums(build).write()
        print("\(Checksums.fileName) (\(count) files)")
    }
}

struct SignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign", abstract: "Signs SHA256SUMS, the apt repository, or both, by the keys that are given.")

    @OptionGroup var place: Place
    @Option(help: "The PEM file of a private key (Ed25519, EC or RSA); PERENNIAL_SIGNING_KEY unless given.")
    var key: String?
    @Option(help: "The file of an OpenPGP private key for the apt repository; PERENNIAL_GPG_KEY unless given.")
    var gpgKey: String?

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let build = try place.build()
        let signing = try Signing(
            key: key ?? environment["PERENNIAL_SIGNING_KEY"], gpgKey: gpgKey ?? environment["PERENNIAL_GPG_KEY"])
        for name in try signing.run(in: build) { print(name) }
    }
}
