import Artifacts
import Foundation
import Image

/// The image of a cell, loaded, and the containers that a test has made of it.
final class ContainerCell {
    let cell: Cell
    let engine: Engine
    let flavour: ContainerFlavour
    /// Every name that the test gives begins with it.
    let prefix = "perennial-cell-\(UUID().uuidString.prefix(8).lowercased())"
    /// Of this machine.
    let scratch: String
    private var containers: [String] = []
    private var volumes: [String] = []
    private var networks: [String] = []

    /// Runs a test on the image of the current cell, and removes what it leaves.
    static func run(_ body: (ContainerCell) throws -> Void) throws {
        try withScratch { scratch in
            let place = try ContainerCell(scratch)
            defer { place.clean() }
            do { try body(place) } catch {
                throw BuildError("\(error)\n\(place.containers.map { place.log($0) }.joined(separator: "\n"))")
            }
        }
    }

    private init(_ scratch: String) throws {
        self.scratch = scratch
        cell = try Cell.current()
        engine = try Engine.shared.get()
        let name = cell.artifact.split(separator: "-").last.map(String.init) ?? ""
        guard let flavour = ContainerFlavour(rawValue: name) else {
            throw BuildError("\(cell.artifact) is no container image.")
        }
        self.flavour = flavour
        try Emulation.prepare(for: cell.architecture)
        try load(flavour)
    }

    /// Loads an image of the cell's architecture.
    func load(_ flavour: ContainerFlavour) throws {
        let said = try engine.run(
            "load", "--input", cell.file(ContainerArtifact.file(flavour, cell.architecture, cell.build)))
        guard said.contains("greengrass:\(flavour.rawValue)") else {
            throw BuildError("`docker load` names another image:\n\(said)")
        }
    }

    var image: String { image(flavour) }

    func image(_ flavour: ContainerFlavour) -> String { "greengrass:\(cell.build.version)-\(flavour.rawValue)" }

    /// The group's functions, by what the image can run.
    var runtimes: [String] {
        switch flavour {
        case .minimal, .clients: []
        case .python: ["python"]
        case .node: ["nodejs"]
        case .java: ["java"]
        case .full: ["python", "nodejs", "java"]
        }
    }

    var hasShell: Bool { flavour != .minimal }

    /// `-i` where this machine does not protect links: the core refuses to start then (row PLAT-07).
    var insecure: [String] { isProtected ? [] : ["-i"] }

    var isProtected: Bool {
        ["hardlinks", "symlinks"].allSatisfy { name in
            (try? String(contentsOfFile: "/proc/sys/fs/protected_\(name)", encoding: .ascii))?.hasPrefix("1") == true
        }
    }

    /// What `docker run` needs for the architecture.
    var platform: [String] {
        if cell.isNative { return [] }
        let (architecture, variant) = cell.architecture.platform
        let words = ["--platform", "linux/" + architecture + (variant.map { "/" + $0 } ?? "")]
        guard let processor = Emulation.processor(of: cell.architecture) else { return words }
        return words + ["--env", "QEMU_CPU=" + processor]
    }

    /// Runs a container to its end.
    @discardableResult
    func once(_ options: [String], _ words: [String]) throws -> String {
        try engine.run(["run", "--rm"] + platform + options + [image] + words)
    }

    /// Starts a container in the background.
    ///
    /// - Returns: its name.
    func start(_ name: String, _ options: [String] = [], image: String? = nil, _ words: [String] = []) throws -> String
    {
        let name = "\(prefix)-\(name)"
        containers.append(name)
        try engine.run(["run", "--detach", "--name", name] + platform + options + [image ?? self.image] + words)
        return name
    }

    /// A name that is removed with what carries it.
    func name(_ name: String) -> String {
        containers.append("\(prefix)-\(name)")
        return "\(prefix)-\(name)"
    }

    func volume(_ name: String) throws -> String {
        volumes.append("\(prefix)-\(name)")
        return try engine.run("volume", "create", "\(prefix)-\(name)")
    }

    /// - Parameter isInternal: whether it leads to containers alone; published ports stay with another network then.
    func network(_ name: String, isInternal: Bool = false) throws -> String {
        networks.append("\(prefix)-\(name)")
        try engine.run(["network", "create"] + (isInternal ? ["--internal"] : []) + ["\(prefix)-\(name)"])
        return "\(prefix)-\(name)"
    }

    func inspect(_ name: String, _ format: String) throws -> String {
        try engine.run("inspect", "--format", format, name)
    }

    /// Waits until the image's own health check says that the core serves.
    func waitUntilHealthy(_ name: String) throws {
        try wait(for: "\(name) to be healthy", seconds: 300) {
            let state = try inspect(name, "{{.State.Status}} {{.State.Health.Status}}")
            guard state.hasPrefix("running") else { throw BuildError("\(name) ended: \(state)") }
            return state == "running healthy"
        }
    }

    /// The port of this machine that leads to a port of the container.
    func port(_ name: String, _ inner: Int = 8883) throws -> Int {
        let said = try engine.run("port", name, "\(inner)/tcp")
        guard let port = said.split(separator: "\n").first?.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw BuildError("\(name) publishes no port \(inner): \(said)")
        }
        return port
    }

    /// Copies a container's certificates to this machine.
    func certificates(of name: String, to folder: String) throws -> String {
        let target = "\(scratch)/\(folder)"
        try engine.run("cp", "\(name):/greengrass/certs", target)
        return target
    }

    func log(_ name: String) -> String {
        (try? engine.attempt(["logs", name]).output).map { "\(name) said:\n\($0)" } ?? ""
    }

    private func clean() {
        for name in containers { _ = try? engine.attempt(["rm", "--force", "--volumes", name]) }
        for name in volumes { _ = try? engine.attempt(["volume", "rm", "--force", name]) }
        for name in networks { _ = try? engine.attempt(["network", "rm", name]) }
    }
}
