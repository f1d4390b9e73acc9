/// The processes below one, from /proc (proc(5)).
public enum ProcessTree {
    /// The children of a process now.
    public static func children(of parent: Int32) -> [Int32] {
        let names: [String]
        do throws(SystemError) { names = try Files.list("/proc") } catch { return [] }
        var found: [Int32] = []
        for name in names {
            guard let process = Int32(name), self.parent(of: process) == parent else { continue }
            found.append(process)
        }
        return found
    }

    private static func parent(of process: Int32) -> Int32? {
        let text: [UInt8]
        do throws(SystemError) { text = try Files.read("/proc/\(process)/stat", limit: 4096) } catch { return nil }
        // "pid (name) state ppid": the name may hold anything, so what counts stands after its last parenthesis.
        guard let end = text.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = text[(end + 1)...].split(separator: UInt8(ascii: " "))
        guard fields.count > 1 else { return nil }
        return Int32(String(decoding: fields[1], as: UTF8.self))
    }
}
