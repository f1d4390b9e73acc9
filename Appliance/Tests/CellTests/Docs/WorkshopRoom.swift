import Foundation
import Image

/// A Debian machine with an emulator, and with a card of a gigabyte in its reader, `/dev/sdX`.
final class WorkshopRoom: DebianRoom {
    private var loops: [String] = []

    init(_ cell: Cell, in folder: String) throws {
        try super.init(Self.reader + ["e2fsprogs", "mtools", "ovmf", "qemu-system-x86"], cell, in: folder)
        do { try insert(card: folder + "/card") } catch {
            close()
            throw error
        }
    }

    /// Block devices of this machine's kernel, under names that the room alone has: /dev is one of its own. The first
    /// partition is one of them, because nobody tells a partition's device in there.
    private func insert(card: String) throws {
        try run("truncate", "-s", "1G", card)
        let whole = try run("losetup", "--find", "--show", card)
        loops.append(whole.trimmingCharacters(in: .whitespacesAndNewlines))
        let first = try run("losetup", "--find", "--show", "--offset", "1M", card)
        loops.append(first.trimmingCharacters(in: .whitespacesAndNewlines))
        let lines = """
            set -e
            mkdir -p /run/dev/shm /run/dev/pts /run/pts
            chmod 1777 /run/dev/shm
            for name in null zero full random urandom tty; do cp -a /dev/$name /run/dev/; done
            ln -s /proc/self/fd /run/dev/fd
            ln -s pts/ptmx /run/dev/ptmx
            for pair in sdX:\(loops[0]) sdX1:\(loops[1]); do
                device=${pair#*:}
                mknod /run/dev/${pair%%:*} b 0x$(stat -c %t $device) 0x$(stat -c %T $device)
            done
            """
        try machine.shell(lines)
        try machine.mount("/dev/pts", over: "/run/pts")
        try machine.mount("/run/dev", over: "/dev")
        try machine.mount("/run/pts", over: "/dev/pts")
    }

    override func close() {
        super.close()
        for loop in loops { _ = try? run("losetup", "--detach", loop) }
        loops = []
    }
}
