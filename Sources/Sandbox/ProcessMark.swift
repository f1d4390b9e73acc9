import Bytes
import Linux

/// What tells a process without a control group, and whatever it starts, from others: a limit that children inherit, that
/// nobody without privileges can raise, and that nothing meets (`clinux_start.mark`).
public enum ProcessMark {
    /// Microseconds at real-time priority: more than an hour, and it fits the 32 bits of old kernels' limits.
    private static let first: UInt32 = 4_000_000_000
    private static let count: UInt32 = 200_000_000

    static func make(_ number: UInt32) -> UInt32 { first + number % count }

    /// The mark of a process; nil when it has none or has gone.
    public static func of(_ process: Int32) -> UInt32? {
        let text: [UInt8]
        do throws(SystemError) { text = try Files.read("/proc/\(process)/limits", limit: 16_384) } catch { return nil }
        let name = "Max realtime timeout"
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: name.utf8) {
            // The hard limit is the second number (proc(5)).
            let fields = line.dropFirst(name.utf8.count).split(separator: UInt8(ascii: " "))
            guard fields.count > 1, let value = UInt32(Array(fields[1]).text) else { return nil }
            return value >= first && value - first < count ? value : nil
        }
        return nil
    }
}
