import Foundation
import Image

/// The lower layer of an image: for `minimal` certificates and users, for the others Debian packages as well, unpacked without
/// running their scripts, with what these would have made.
struct ContainerBase {
    private static let store = "etc/ssl/certs/ca-certificates.crt"
    /// What nobody reads in a container.
    private static let unread = [
        "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/lintian", "usr/share/bug",
    ]

    private let build: Build
    private let flavour: ContainerFlavour
    private let architecture: Architecture

    init(_ build: Build, _ flavour: ContainerFlavour, _ architecture: Architecture) {
        self.build = build
        self.flavour = flavour
        self.architecture = architecture
    }

    func tree() throws -> FileTree {
        var tree = FileTree()
        if let set = flavour.packages {
            tree = try build.packages.tree(of: set, for: architecture.debian)
            try addStatus(set, to: &tree)
            try finish(&tree)
            try addAuthorities(from: tree, to: &tree)
        } else {
            let certificates = try build.packages.tree(of: "certificates", for: architecture.debian)
            try addAuthorities(from: certificates, to: &tree)
            let copyright = "usr/share/doc/ca-certificates/copyright"
            if let entry = certificates[copyright] { try tree.add(copyright, entry) }
        }
        try addFolders(to: &tree)
        try Users.add(to: &tree)
        return tree
    }

    /// What scanners of images look for.
    private func addStatus(_ set: String, to tree: inout FileTree) throws {
        for (package, path) in try build.packages.files(of: set, for: architecture.debian) {
            try tree.addFile("var/lib/dpkg/status.d/\(package.name)", text: ArchiveReader.control(path))
        }
    }

    /// What the maintainer scripts would have done, and what is left out.
    private func finish(_ tree: inout FileTree) throws {
        tree.remove { path in
            Self.unread.contains { path == $0 || path.hasPrefix($0 + "/") }
                || path.hasPrefix("usr/share/doc/") && path.split(separator: "/").last.map(Self.isNews) == true
        }
        func link(_ path: String, _ target: String) throws {
            if tree[path] == nil { try tree.addLink(path, to: target) }
        }
        if tree["usr/bin/sh"] != nil { try tree.remove("usr/bin/sh") }
        try link("usr/bin/sh", "dash")
        if tree["usr/bin/nodejs"] != nil { try link("usr/bin/node", "nodejs") }
        if tree["usr/bin/node"] != nil { try link("usr/bin/nodejs", "node") }
        if let machine = tree.sorted.first(where: {
            $0.path.hasPrefix("usr/lib/jvm/") && $0.path.hasSuffix("/bin/java")
        }) {
            try link("usr/bin/java", "/" + machine.path)
        }
    }

    private static func isNews(_ name: Substring) -> Bool { name.hasPrefix("changelog") || name.hasPrefix("NEWS") }

    /// Mozilla's authorities in one file, as update-ca-certificates makes it, in the order of their files' names; and for Java
    /// in a file of its own kind.
    private func addAuthorities(from source: FileTree, to tree: inout FileTree) throws {
        var all: [UInt8] = []
        var single: [[UInt8]] = []
        for (path, entry) in source.sorted where path.hasPrefix("usr/share/ca-certificates/") && path.hasSuffix(".crt")
        {
            guard case .file(let content) = entry.kind else { continue }
            let bytes = try content.load()
            all += bytes
            single.append(bytes)
        }
        guard !all.isEmpty else { throw BuildError("The package ca-certificates holds no certificates.") }
        try tree.addFile(Self.store, .bytes(all))
        if tree["usr/bin/java"] != nil {
            try tree.addFile("etc/ssl/certs/java/cacerts", .bytes(JavaKeyStore.bytes(single, time: build.time)))
        }
    }

    private func addFolders(to tree: inout FileTree) throws {
        for folder in ["proc", "sys", "dev", "var", "etc"] { try tree.addDirectory(folder) }
        try tree.addDirectory("tmp", mode: 0o1777)
        try tree.addDirectory("root", mode: 0o700)
        // The packages' `/var/run` is a link to `/run`.
        try tree.addDirectory("run")
        if tree["var/run"] == nil { try tree.addLink("var/run", to: "/run") }
    }
}

/// `ggc_user`, `ggc_group` and the core's own user, under fixed numbers, so that what is mounted keeps its owners from image to
/// image.
enum Users {
    private static let passwd = """
        root:x:0:0:root:/root:/bin/sh
        ggc_user:x:990:990:Greengrass functions:/nonexistent:/usr/sbin/nologin
        greengrass:x:991:991:Greengrass core:/nonexistent:/usr/sbin/nologin
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

        """
    private static let group = """
        root:x:0:
        ggc_group:x:990:
        greengrass:x:991:
        nogroup:x:65534:

        """

    static func add(to tree: inout FileTree) throws {
        for (path, text) in [("etc/passwd", passwd), ("etc/group", group)] {
            if tree[path] != nil { try tree.remove(path) }
            try tree.addFile(path, text: text)
        }
    }
}
