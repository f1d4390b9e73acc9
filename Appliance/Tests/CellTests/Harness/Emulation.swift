import Artifacts
import Foundation
import Image

/// Lets the kernel run programs of another processor (Documentation/admin-guide/binfmt-misc.rst), in other root file systems
/// too: the emulator is opened when it is registered (flag F).
enum Emulation {
    private static let folder = "/proc/sys/fs/binfmt_misc"

    /// The processor that the emulator is to be, as scripts/sdk/targets has it.
    static func processor(of architecture: Architecture) -> String? {
        switch architecture {
        case .armv6l: "arm1176"
        case .armv7l: "cortex-a7,neon=off"
        case .aarch64, .x86_64: nil
        }
    }

    /// Registers Debian's emulator unless one is registered. It stays: other tests may run by then.
    static func prepare(for architecture: Architecture) throws {
        let name: String
        switch architecture {
        case .x86_64: return
        case .aarch64: name = "aarch64"
        case .armv6l, .armv7l: name = "arm"
        }
        let manager = FileManager.default
        if !manager.fileExists(atPath: folder + "/register") {
            try run("mount", "-t", "binfmt_misc", "binfmt_misc", folder)
        }
        let known = try manager.contentsOfDirectory(atPath: folder).filter { $0 != "register" && $0 != "status" }
        let isKnown = known.contains { entry in
            let text = (try? String(contentsOfFile: "\(folder)/\(entry)", encoding: .utf8)) ?? ""
            return text.contains("/\(name)-binfmt-P") || text.contains("qemu-\(name)")
        }
        guard !isKnown else { return }
        let file = "/usr/lib/binfmt.d/qemu-\(name).conf"
        guard let line = try? String(contentsOfFile: file, encoding: .utf8) else {
            throw BuildError("There is no \(file). Install Debian's qemu-user-static.")
        }
        let fields = line.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ":", maxSplits: 1)
        let text = ":perennial-\(name):" + fields[1]
        let handle = open(folder + "/register", O_WRONLY)
        defer { close(handle) }
        // Another cell may have done it meanwhile.
        guard write(handle, text, text.utf8.count) == text.utf8.count || errno == EEXIST else {
            throw BuildError("\(file) could not be registered in \(folder): \(String(cString: strerror(errno))).")
        }
    }
}
