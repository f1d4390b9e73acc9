import CLinux

/// What the machine is and has left.
public enum Machine {
    /// `6.1.0-18-armmp`.
    public static func kernelRelease() -> String {
        name { $0.release }
    }

    /// `armv7l`.
    public static func architecture() -> String {
        name { $0.machine }
    }

    /// Bytes that anybody may still write to the file system that a path lies on; nil where it cannot be told.
    public static func freeBytes(_ path: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return UInt64(status.f_bavail) * UInt64(status.f_frsize)
    }

    /// All memory, bytes.
    public static func memoryBytes() -> UInt64? {
        var info = sysinfo()
        guard sysinfo(&info) == 0 else { return nil }
        return UInt64(info.totalram) * UInt64(info.mem_unit)
    }

    /// Gives the memory back that this program's code and constants take; what is used next is read again, from the kernel's
    /// cache of the file if it is there. After a start, which uses much that serving does not.
    public static func releaseProgramPages() { clinux_release_program() }

    /// How many descriptors this process may open at most; 0 where it cannot be told.
    public static var descriptorLimit: UInt64 { clinux_descriptor_limit() }

    /// The mask for the modes of new files; it is left as it is.
    public static func umask() -> UInt32 {
        let mask = CLinux.umask(0)
        _ = CLinux.umask(mask)
        return UInt32(mask)
    }

    private static func name<Field>(_ field: (utsname) -> Field) -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "" }
        let value = field(names)
        return withUnsafeBytes(of: value) { bytes in
            var text: [UInt8] = []
            for byte in bytes {
                if byte == 0 { break }
                text.append(byte)
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
