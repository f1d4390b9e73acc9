import Linux

/// The greengrass-root of a container image: what the image brings, what a volume keeps and what is mounted, brought together
/// at the container's start.
public struct ContainerRoot {
    public enum State {
        /// There is a configuration: mounted, or made in a volume.
        case configured
        /// A demonstration is there, or is to be made: nothing was mounted.
        case demonstration
    }

    /// EROFS.
    private static let readOnly: Int32 = 30

    let layout: Layout
    let container: OuterContainer
    /// The folder of the running program.
    private let package: String?

    public init(root: String, executable: String?) {
        layout = Layout(root: root)
        container = OuterContainer.current()
        package = executable.map { Path.parent($0) }
    }

    init(layout: Layout, container: OuterContainer, package: String?) {
        self.layout = layout
        self.container = container
        self.package = package
    }

    /// Points `ggc/core` to the running program: a volume from an older image, or an empty one in place of the image's
    /// folder, has another link or none.
    public func link() throws(SetupError) {
        guard let package else { return }
        let link = layout.currentPackage
        if Files.resolve(link) == Files.resolve(package) { return }
        do throws(SystemError) {
            // Something of the user's own stays; the program runs from where the image has it.
            if let status = try Files.linkStatus(link), status.kind != .link { return }
            try Files.makeDirectories(Path.parent(link), mode: 0o755)
            try Files.switchLink(link, to: package)
        } catch {
            // A read-only root keeps its link.
            if error.code == Self.readOnly { return }
            throw SetupError("\(link) cannot be made a link to \(package)", error)
        }
    }

    /// - Throws: where something is mounted, but not all that a core needs.
    public func state() throws(SetupError) -> State {
        if DemoSetup.isDemo(root: layout.root) { return .demonstration }
        if Files.exists(layout.configurationFile) { return .configured }
        let folder = Path.parent(layout.configurationFile)
        let mounted = [folder, layout.certificates].filter { container.mountPoints.contains($0) }
        let filled = [folder, layout.certificates].filter { !isEmpty($0) }
        if mounted.isEmpty && filled.isEmpty { return .demonstration }
        throw SetupError(problem(folder, mounted: mounted, filled: filled))
    }

    private func isEmpty(_ folder: String) -> Bool {
        do throws(SystemError) { return try Files.list(folder).isEmpty } catch { return true }
    }

    private func problem(_ folder: String, mounted: [String], filled: [String]) -> String {
        let needed =
            "A core needs both: -v CERTS:\(layout.certificates) -v CONFIG:\(folder), CONFIG with config.json and CERTS "
            + "with the files that it names; with neither, a demonstration is made."
        if mounted.contains(folder) {
            return "\(folder) is mounted, but has no config.json" + (filled.contains(folder) ? "." : ": it is empty. ")
                + (filled.contains(folder)
                    ? " " : "Docker makes an empty folder where the path before the colon does not exist: look at it. ")
                + needed
        }
        if mounted.contains(layout.certificates) {
            return "\(layout.certificates) is mounted" + (filled.contains(layout.certificates) ? "" : ", though empty,")
                + " and \(folder) is not. " + needed
        }
        return "There are files in \(filled.joined(separator: " and ")), but there is no \(layout.configurationFile). "
            + needed
    }
}
