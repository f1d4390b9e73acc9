import Foundation
import Image

/// The boot loader where the firmware is UEFI: GRUB, as one program that finds `grub.cfg` on the boot partition.
struct Grub {
    let architecture: Architecture
    let time: Int

    /// GRUB's name of the platform, and the name under which UEFI looks for a program on a disk (UEFI 2.10, 3.5.1.1).
    static func platform(_ architecture: Architecture) -> (name: String, file: String)? {
        switch architecture {
        case .armv6l: nil
        case .armv7l: ("arm-efi", "BOOTARM.EFI")
        case .aarch64: ("arm64-efi", "BOOTAA64.EFI")
        case .x86_64: ("x86_64-efi", "BOOTX64.EFI")
        }
    }

    private static let modules = [
        "configfile", "fat", "gcry_crc", "linux", "normal", "part_gpt", "part_msdos", "reboot", "search",
        "search_label", "xzio",
    ]

    /// The program, from the modules of Debian's package.
    func program(from packages: FileTree) throws -> [UInt8] {
        guard let platform = Self.platform(architecture) else { return [] }
        let folder = NSTemporaryDirectory() + "/perennial-grub-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let prefix = "usr/lib/grub/\(platform.name)/"
        for (path, entry) in packages.sorted where path.hasPrefix(prefix) {
            guard case .file(let content) = entry.kind, case let name = path.dropFirst(prefix.count),
                !name.contains("/")
            else { continue }
            try Data(content.load()).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        let first = "search --no-floppy --label GGBOOT --set root\nset prefix=($root)\nconfigfile /grub.cfg\n"
        try Data(first.utf8).write(to: URL(fileURLWithPath: folder + "/first.cfg"))
        let output = folder + "/program"
        try Tool(
            [
                "grub-mkimage", "--directory", folder, "--format", platform.name, "--prefix", "/", "--config",
                folder + "/first.cfg", "--output", output,
            ] + Self.modules
        ).with(["SOURCE_DATE_EPOCH": String(time)]).run()
        return try FileContent.file(output).load()
    }

    /// Starts the kernel at once. On a machine that has both, messages go to the screen and to the serial port.
    static func configuration(_ commandLine: String) -> String {
        """
        set timeout=0
        linux /kernel \(commandLine)
        initrd /initrd.gz
        boot

        """
    }
}
