/// The command line of this process.
public enum Arguments {
    /// All arguments, the program's name first. Embedded Swift has no `CommandLine`, so they come from the kernel
    /// (proc(5), `/proc/self/cmdline`).
    public static func all() throws(SystemError) -> [String] {
        let bytes = try Files.read("/proc/self/cmdline", limit: 4_194_304)
        var arguments: [String] = []
        for part in bytes.split(separator: 0, omittingEmptySubsequences: false) {
            arguments.append(String(decoding: part, as: UTF8.self))
        }
        // Each argument ends with a zero byte, the last one too.
        if arguments.last == "" { arguments.removeLast() }
        return arguments
    }
}
