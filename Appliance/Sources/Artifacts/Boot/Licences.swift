import Image

/// What the licences of Debian's works ask to come along with them, in Debian's places: their copyright files, and the texts
/// that these refer to.
struct Licences {
    let build: Build
    let architecture: Architecture

    /// For a root file system: BusyBox and the authorities.
    func ofSystem() throws -> FileTree {
        var tree = FileTree()
        try addCopyright("busybox-static", packages("busybox"), to: &tree)
        try addCopyright("ca-certificates", packages("certificates"), to: &tree)
        try addTexts(["GPL-2", "MPL-2.0"], to: &tree)
        return tree
    }

    /// For a boot partition: the kernel, the boot loader where there is one, and BusyBox, which the first file system has.
    ///
    /// - Parameter kernel: the files of the packages of both.
    func ofBoot(_ kernel: FileTree) throws -> FileTree {
        var tree = FileTree()
        for component in try build.components(of: "kernel", for: architecture)
        where component.name.hasPrefix("linux-image-") { try addCopyright(component.name, kernel, to: &tree) }
        if Grub.platform(architecture) != nil { try addCopyright("grub-common", kernel, to: &tree) }
        try addCopyright("busybox-static", packages("busybox"), to: &tree)
        try addTexts(["GPL-2", "GPL-3"], to: &tree)
        return tree
    }

    private func packages(_ set: String) throws -> FileTree {
        try build.packages.tree(of: set, for: architecture.debian)
    }

    private func addCopyright(_ package: String, _ packages: FileTree, to tree: inout FileTree) throws {
        try add("usr/share/doc/\(package)/copyright", packages, to: &tree)
    }

    private func addTexts(_ names: [String], to tree: inout FileTree) throws {
        let texts = try packages("licences")
        for name in names { try add("usr/share/common-licenses/" + name, texts, to: &tree) }
    }

    private func add(_ path: String, _ packages: FileTree, to tree: inout FileTree) throws {
        guard let entry = packages[path], case .file = entry.kind else {
            throw BuildError("Debian's packages have no file /\(path). Look at them, then at packages.lock.")
        }
        try tree.add(path, entry)
    }
}
