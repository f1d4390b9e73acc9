import Image

/// Debian's kernel for the boards and virtual machines of an architecture, with the modules that they need.
struct Kernel {
    let build: Build
    let architecture: Architecture

    /// Modules in the order in which they are loaded, without those they need themselves.
    private var wanted: [String] {
        // The last of what ext4 asks for by name: no module names it as needed.
        let everywhere = [
            "crc32c_generic", "nls_cp437", "nls_ascii", "vfat", "squashfs", "ext4", "overlay",
            "evdev",
        ]
        let virtual = ["virtio_mmio", "virtio_blk", "virtio_net"]
        return switch architecture {
        // A Pi Zero's network is on USB.
        case .armv6l: virtual + ["cdc_ether", "rndis_host", "smsc95xx"] + everywhere
        case .armv7l: ["pci-host-generic", "virtio_pci"] + virtual + everywhere
        case .aarch64: ["virtio_pci"] + virtual + everywhere
        case .x86_64: ["virtio_pci"] + virtual + ["button"] + everywhere
        }
    }

    /// Where the device tree of a board lies in the package, by the name it gets.
    private var deviceTrees: [String: String] {
        architecture == .armv6l ? ["bcm2835-rpi-zero.dtb": "rpizero.dtb", "bcm2835-rpi-b.dtb": "rpi1b.dtb"] : [:]
    }

    struct Parts {
        /// As the package has it.
        var image: [UInt8]
        /// File names and contents in the order in which they are to be loaded.
        var modules: [(name: String, content: FileContent)]
        /// By name.
        var deviceTrees: [String: FileContent]
        /// The packages' files: the boot loader's parts are among them.
        var tree: FileTree
    }

    func parts() throws -> Parts {
        let tree = try build.packages.tree(of: "kernel", for: architecture.debian)
        guard let path = tree.sorted.first(where: { $0.path.hasPrefix("boot/vmlinuz-") })?.path else {
            throw BuildError("The kernel package for \(architecture.debian) has no /boot/vmlinuz-….")
        }
        var trees: [String: FileContent] = [:]
        for (path, entry) in tree.sorted {
            guard let name = deviceTrees[String(path.split(separator: "/").last ?? "")] else { continue }
            if case .file(let content) = entry.kind { trees[name] = content }
        }
        guard trees.count == deviceTrees.count else {
            throw BuildError("The kernel package lacks a device tree of \(deviceTrees.keys.sorted()).")
        }
        return Parts(
            image: try Self.content(path, tree), modules: try modules(tree), deviceTrees: trees, tree: tree)
    }

    private static func content(_ path: String, _ tree: FileTree) throws -> [UInt8] {
        guard case .file(let content) = tree[path]?.kind else {
            throw BuildError("The kernel package has no file /\(path).")
        }
        return try content.load()
    }

    /// A module after all that it needs.
    private func modules(_ tree: FileTree) throws -> [(name: String, content: FileContent)] {
        var paths: [String: String] = [:]
        var builtIn: Set<String> = []
        for (path, _) in tree.sorted {
            if path.hasSuffix(".ko") { paths[Self.name(path)] = path }
            if path.hasSuffix("/modules.builtin") {
                let lines = String(decoding: try Self.content(path, tree), as: UTF8.self).split(separator: "\n")
                builtIn.formUnion(lines.map { Self.name(String($0)) })
            }
        }
        var order: [(name: String, content: FileContent)] = []
        var seen: Set<String> = []
        func add(_ name: String) throws {
            let name = name.replacing("-", with: "_")
            guard !builtIn.contains(name), seen.insert(name).inserted else { return }
            guard let path = paths[name] else {
                throw BuildError(
                    "The kernel for \(architecture.debian) has no module \(name), and does not have it built in either."
                )
            }
            let bytes = try Self.content(path, tree)
            for needed in Self.dependencies(bytes) { try add(needed) }
            order.append((name + ".ko", .bytes(bytes)))
        }
        for name in wanted { try add(name) }
        return order
    }

    /// A module's name, in which `-` and `_` are the same.
    private static func name(_ path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.dropLast(3)).replacing("-", with: "_")
    }

    /// `depends=` of a module's .modinfo section, whose entries end with a zero.
    private static func dependencies(_ module: [UInt8]) -> [String] {
        guard let start = module.firstRange(of: Array("\0depends=".utf8))?.upperBound,
            let end = module[start...].firstIndex(of: 0)
        else { return [] }
        return String(decoding: module[start..<end], as: UTF8.self).split(separator: ",").map(String.init)
    }
}
