import Foundation
import Image

/// `greengrass-boot-ARCH-VERSION.img`: a disk to be flashed as it is, with a boot partition, two slots for root file systems
/// and /data (docs/boot-image.md).
public struct BootImage: Artifact {
    public var name: String { "boot-image" }

    public init() {}

    public static func fileName(_ architecture: Architecture, _ build: Build) -> String {
        "greengrass-boot-\(architecture.archiveName)-\(build.version).img"
    }

    static let slotSize = 5 << 20
    static let dataSize = 512 << 20
    /// What of /data is in the file: all that a new ext4 consists of. Behind it nothing has to be zero.
    private static let packedSize = 5 << 19
    /// Partitions begin at whole megabytes, as flash memory likes it.
    private static let alignment = 1 << 20

    public func make(for architecture: Architecture, in build: Build) throws -> [String] {
        let boot = try bootPartition(architecture, build)
        let root = "\(build.output)/.boot-\(architecture.rawValue)"
        defer { for end in [".squashfs", ".ext4"] { try? FileManager.default.removeItem(atPath: root + end) } }
        try Squashfs(time: build.time).write(
            RootFileSystem(build: build, architecture: architecture).tree(), to: root + ".squashfs")
        let slot = try FileContent.file(root + ".squashfs").load()
        guard slot.count <= Self.slotSize else {
            throw BuildError("The root file system has \(slot.count) bytes, and a slot has room for \(Self.slotSize).")
        }
        let data = try dataPartition(root + ".ext4", build)

        let bootStart = Self.alignment
        let slotStart = bootStart + boot.count
        let dataStart = slotStart + Self.slotSize
        let sector = PartitionTable.sectorSize
        let isFirmware = Grub.platform(architecture) != nil
        // Slot B and most of /data lie behind the end of the file: the disk is larger than the image.
        let table = PartitionTable(
            [
                .init(
                    type: isFirmware ? 0xef : 0x0c, start: bootStart / sector, count: boot.count / sector,
                    isActive: !isFirmware),
                .init(type: 0x83, start: slotStart / sector, count: Self.slotSize / sector),
                .init(
                    type: 0x83, start: (dataStart + Self.dataSize) / sector, count: Self.slotSize / sector),
                .init(type: 0x83, start: dataStart / sector, count: Self.dataSize / sector),
            ], signature: 0x6767_0001)
        var disk = try table.bytes()
        disk += [UInt8](repeating: 0, count: bootStart - disk.count) + boot + slot
        disk += [UInt8](repeating: 0, count: dataStart - disk.count) + data
        let name = Self.fileName(architecture, build)
        try Data(disk).write(to: URL(fileURLWithPath: "\(build.output)/\(name)"), options: .atomic)
        return [name]
    }

    /// Kernel, first file system, boot loader, and the files that people edit.
    private func bootPartition(_ architecture: Architecture, _ build: Build) throws -> [UInt8] {
        let kernel = try Kernel(build: build, architecture: architecture).parts()
        let commandLine = Self.commandLine(architecture)
        var tree = FileTree()
        try tree.addFile("kernel", .bytes(compressed(kernel.image, architecture, build)))
        try tree.addFile(
            "initrd.gz", .bytes(Initramfs(build: build, architecture: architecture).bytes(kernel.modules)))
        try tree.addFile("cmdline.txt", text: commandLine + "\n")
        try tree.addFile("boot.txt", build.source("rootfs/boot/boot.txt"))
        try tree.addFile("slot.txt", text: Self.slotState)
        for (name, content) in kernel.deviceTrees { try tree.addFile(name, content) }
        if let platform = Grub.platform(architecture) {
            let grub = Grub(architecture: architecture, time: build.time)
            try tree.addFile("EFI/BOOT/\(platform.file)", .bytes(grub.program(from: kernel.tree)))
            try tree.addFile("grub.cfg", text: Grub.configuration(commandLine))
        } else {
            try tree.addFile("config.txt", build.source("rootfs/boot/config.txt"))
        }
        // A megabyte and a half for what people put there: certificates, a group; licences take a little of it.
        let size = (tree.size + tree.sorted.count * 2048 + 5 * Self.alignment / 2) / Self.alignment * Self.alignment
        try tree.addFile("licences.tgz", .bytes(licences(kernel.tree, architecture, build)))
        return try Fat(label: "GGBOOT", serial: 0x6767_0001, size: max(size, 10 << 20), time: build.time).bytes(tree)
    }

    /// The licences of what lies on the boot partition, and the parts of the whole image in SPDX. The slot has those of its own.
    private func licences(_ kernel: FileTree, _ architecture: Architecture, _ build: Build) throws -> [UInt8] {
        let works = try Licences(build: build, architecture: architecture).ofBoot(kernel)
        let parts =
            try RootFileSystem.components(build, architecture) + build.components(of: "kernel", for: architecture)
        var tree = FileTree()
        try tree.add(works, at: "licences")
        let bill = SBOM(of: Self.fileName(architecture, build), parts, build)
        try tree.addFile("licences/sbom.spdx.json", .bytes(bill.json()))
        return try ArchiveWriter(.tar, .gzip, time: build.time).bytes(tree)
    }

    /// Where GRUB loads the kernel it may be compressed once more: Debian's for arm64 is not at all, that for amd64 with LZ4.
    private func compressed(_ image: [UInt8], _ architecture: Architecture, _ build: Build) throws -> [UInt8] {
        guard architecture == .aarch64 || architecture == .x86_64 else { return image }
        // GRUB's reader takes no dictionary that is larger.
        return try Tool("xz", "--threads=1", "--check=crc32", "--lzma2=preset=9,dict=64KiB", "-c").run(input: image)
    }

    /// The file of the slots, one sector that is overwritten where it lies. What a card held where slot B is now may be a root
    /// file system of somebody else: it is marked as one that failed.
    static let slotState = "active=a\ntry=\nleft=0\nfailed=b\n" + String(repeating: " ", count: 417) + "\n"

    static func commandLine(_ architecture: Architecture) -> String {
        let consoles =
            switch architecture {
            case .armv6l: "console=ttyAMA0,115200"
            case .armv7l, .aarch64: "console=ttyAMA0"
            case .x86_64: "console=tty0 console=ttyS0"
            }
        return consoles + " panic=10 quiet loglevel=4"
    }

    private func dataPartition(_ path: String, _ build: Build) throws -> [UInt8] {
        try Ext4(
            size: Self.dataSize, label: "GGDATA", identifier: "5cd9a2a4-1f6e-4f0b-9d2c-6a7e5b3c0002", time: build.time,
            files: 4096, journal: 1, isPacked: true
        ).write(FileTree(), to: path)
        let file = FileHandle(forReadingAtPath: path)
        defer { try? file?.close() }
        let head = Array(try file?.read(upToCount: Self.packedSize) ?? Data())
        while let piece = try file?.read(upToCount: 1 << 20), !piece.isEmpty {
            guard piece.allSatisfy({ $0 == 0 }) else {
                throw BuildError(
                    "mke2fs of this machine puts something of a new file system behind its first \(Self.packedSize) bytes: "
                        + "e2fsprogs 1.47 does not.")
            }
        }
        // The journal's blocks have to be zero on the disk too: older blocks there could be taken for its own.
        let journal = try Tool("debugfs", "-R", "blocks <8>", path).text()
        let last = journal.split { !$0.isNumber }.compactMap { Int($0) }.max() ?? Int.max
        guard last < Self.packedSize / 1024 else {
            throw BuildError("mke2fs of this machine puts the journal of \(path) at block \(last): too far behind.")
        }
        return head
    }
}
