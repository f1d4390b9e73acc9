import Artifacts
import Foundation
import Image
import Testing

/// A root file system without our disk: on a device of its own, with a kernel of the user's (here the boot image's) and a
/// data partition that the user made.
struct RootfsBoot {
    let file: String
    let type: String

    func run() throws {
        let cell = try Cell.current()
        let version = cell.build.version
        let name = cell.architecture.archiveName
        let root = try cell.file("greengrass-rootfs-\(name)-\(version).\(file)")
        let kernel = try cell.file("greengrass-boot-\(name)-\(version).img")
        try withScratch { folder in
            let seed = try BootSeed(for: cell, in: folder)
            let disk = folder + "/disk"
            try BootMachine.flash(kernel, to: disk)
            try seed.put(on: disk, from: folder)
            // The board with one card has it all there; the root file system takes the last partition, which a user makes as
            // large as it has to be: an ext4 is larger than a slot.
            let machine: BootMachine
            if cell.architecture == .armv6l {
                let slot = try BootMachine.partition(3, of: disk)
                try BootMachine.enlarge(3, of: disk, to: FileContent.file(root).size)
                try CellTests.run(
                    "dd", "if=" + root, "of=" + disk, "bs=64K", "seek=\(slot)", "oflag=seek_bytes", "conv=notrunc")
                machine = try BootMachine(
                    cell.architecture, disk: disk, folder: folder,
                    kernelOptions: "root=/dev/mmcblk0p3 data=/dev/mmcblk0p4 boot=/dev/mmcblk0p1")
            } else {
                let data = folder + "/data"
                try CellTests.run("truncate", "-s", "64M", data)
                try CellTests.run("mke2fs", "-q", "-t", "ext4", data)
                // Linux names PCI's devices in their order, and this board's own slots in the opposite one.
                let isReversed = cell.architecture == .armv7l
                let bus = isReversed ? "device" : "pci"
                machine = try BootMachine(
                    cell.architecture, disk: disk, folder: folder,
                    kernelOptions: isReversed
                        ? "root=/dev/vdb data=/dev/vda boot=/dev/vdc1" : "root=/dev/vdb data=/dev/vdc boot=/dev/vda1",
                    devices: [
                        "-drive", "if=none,id=root,format=raw,readonly=on,file=" + root, "-device",
                        "virtio-blk-\(bus),drive=root,serial=root", "-drive", "if=none,id=data,format=raw,file=" + data,
                        "-device", "virtio-blk-\(bus),drive=data,serial=data",
                    ])
            }
            defer { machine.end() }
            let start = Date()
            try machine.start()
            print("rootfs \(type) \(name): boot to broker-ready", try machine.waitUntilReady(since: start))
            try seed.exchange(machine)
            #expect(try machine.shell("grep ' / ' /proc/mounts | tail -n 1").contains(" / \(type) ro"))
            #expect(try machine.shell("touch /greengrass/x 2>&1 || true").contains("Read-only"))
            let memory = try machine.shell("sed -n 's/MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo")
            #expect(Int(memory) ?? .max < machine.memory * 1024)
            try machine.shutDown()
        }
    }
}

@Suite("Cell: rootfs-squashfs", .serialized)
struct RootfsSquashfsCell {
    @Test("PLAT-01, PLAT-03, WDIR-01: a squashfs on a device of its own, with a data partition that the user made")
    func boots() throws { try RootfsBoot(file: "squashfs", type: "squashfs").run() }
}

@Suite("Cell: rootfs-ext4", .serialized)
struct RootfsExt4Cell {
    @Test("PLAT-01, PLAT-03, WDIR-01: an ext4 on a device of its own, with a data partition that the user made")
    func boots() throws { try RootfsBoot(file: "ext4", type: "ext4").run() }
}
