import Image

/// What the kernel unpacks into memory and runs first: it finds the slot (`rootfs/boot/initramfs/init`).
struct Initramfs {
    let build: Build
    let architecture: Architecture

    func bytes(_ modules: [(name: String, content: FileContent)]) throws -> [UInt8] {
        var tree = FileTree()
        for folder in ["boot", "dev", "proc", "root", "sys"] { try tree.addDirectory(folder) }
        try tree.addFile("bin/busybox", RootFileSystem.busyBox(build, architecture), mode: 0o755)
        try tree.addFile("init", build.source("rootfs/boot/initramfs/init"), mode: 0o755)
        // The kernel opens it for the first program, before anything is mounted.
        try tree.add("dev/console", FileTree.Entry(.characterDevice(major: 5, minor: 1), mode: 0o600))
        for (name, content) in modules { try tree.addFile("modules/" + name, content) }
        try tree.addFile("modules/order", text: modules.map { $0.name + "\n" }.joined())
        return try ArchiveWriter(.cpio, .gzip, time: build.time).bytes(tree)
    }
}
