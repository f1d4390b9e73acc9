import ArgumentParser
import Artifacts
import Foundation
import Image

@main
struct GreengrassImage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "greengrass-image", abstract: "Builds what Perennial is given to people as.",
        subcommands: [
            BuildCommand.self, ProgramsCommand.self, ListCommand.self, GridCommand.self, LockCommand.self,
            SourcesCommand.self,
            SizesCommand.self,
            ChecksumsCommand.self, SignCommand.self,
        ])
}

struct Place: ParsableArguments {
    @Option(help: "The source tree.")
    var repository = FileManager.default.currentDirectoryPath
    @Option(
        help:
            "Where binaries are found (ARCH/greengrassd) and artifacts are put; dist in the source tree unless told otherwise."
    )
    var output: String?

    func build() throws -> Build { try Build(repository: repository, output: output) }
}

/// Which artifacts are meant.
struct Selection: ParsableArguments {
    @Option(name: .customLong("artifact"), parsing: .upToNextOption, help: "Names of artifacts, as `list` prints them.")
    var artifacts: [String] = []
    @Option(name: .customLong("arch"), parsing: .upToNextOption, help: "armv6l, armv7l, aarch64, x86_64.")
    var architectures: [Architecture] = []
    @Flag(help: "With what their cells need besides.")
    var cells = false

    func jobs() throws -> [Job] {
        if let unknown = artifacts.first(where: { name in !allArtifacts.contains { $0.name == name } }) {
            let known = allArtifacts.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no artifact \"\(unknown)\". There are: \(known).")
        }
        let jobs = Job.all(artifacts, for: architectures, isStarted: cells)
        if jobs.isEmpty {
            throw ValidationError(
                "\(artifacts.joined(separator: ", ")) is not made for \(architectures.map(\.rawValue).joined(separator: ", ")). "
                    + "`greengrass-image list` tells what is made for what.")
        }
        return jobs
    }
}

struct BuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Builds artifacts for architectures, all of them unless told otherwise, and what they are made of.")

    @OptionGroup var place: Place
    @OptionGroup var selection: Selection

    func run() throws {
        let build = try place.build()
        for job in try selection.jobs() {
            for file in try job.artifact.make(for: job.architecture, in: build) {
                let size = try FileContent.file("\(build.output)/\(file)").size
                print("\(file) (\(String(format: "%.2f", Double(size) / 1e6)) MB)")
            }
        }
        print(try BuildTools(build).write())
    }
}

struct ProgramsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "programs", abstract: "Prints the architectures whose static programs a build needs.")

    @OptionGroup var selection: Selection

    func run() throws {
        let needed = try selection.jobs().flatMap { $0.artifact.programs(for: $0.architecture) }
        for architecture in Architecture.allCases where needed.contains(architecture) { print(architecture.rawValue) }
    }
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Prints each artifact with the architectures it is made for.")

    @Flag(help: "Print the test suite that starts it instead.")
    var suites = false
    @Flag(help: "Print each cell of the grid as an object of a JSON array.")
    var json = false

    func run() {
        if json {
            let cells = allArtifacts.flatMap { artifact in
                artifact.architectures.map { #"{"artifact":"\#(artifact.name)","arch":"\#($0.rawValue)"}"# }
            }
            return print("[\(cells.joined(separator: ","))]")
        }
        for artifact in allArtifacts {
            print(
                artifact.name, suites ? artifact.suite : artifact.architectures.map(\.rawValue).joined(separator: " "))
        }
    }
}

struct LockCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Writes the lock files anew from the newest packages of the archive.")

    @OptionGroup var place: Place
    @Flag(help: "Keep the packages, and look for their sources alone.")
    var sourcesOnly = false

    func run() throws {
        let build = try place.build()
        if !sourcesOnly { print("\(PackageLock.path): \(try build.packages.renewLock()) packages") }
        let (files, absent) = try SourceStore(build).renewLock()
        print("\(SourceLock.path): \(files) files")
        warnOfAbsentSources(absent)
    }
}

struct SourcesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sources",
        abstract: "Writes the archives of corresponding sources: Debian's packages and this tree.")

    @OptionGroup var place: Place

    func run() throws {
        let (names, absent) = try SourceStore(place.build()).make()
        for name in names { print(name) }
        warnOfAbsentSources(absent)
    }
}

/// Says on standard error which sources the archive of all sources lacks.
func warnOfAbsentSources(_ absent: [String]) {
    guard !absent.isEmpty else { return }
    let notice =
        "warning: \(SourceLock.path) names \(absent.count) source packages that the package archive did not have when it "
        + "was written; they are not in the archive of sources. Licences as the GPL ask whoever passes artifacts on to offer "
        + "them too:\n" + absent.map { "  \($0)\n" }.joined()
    FileHandle.standardError.write(Data(notice.utf8))
}

extension Architecture: ExpressibleByArgument {}
