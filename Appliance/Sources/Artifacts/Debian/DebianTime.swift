import Foundation

/// Times as RFC 5322 writes them, in UTC and English whatever the machine's settings are.
enum DebianTime {
    /// - Parameter time: in seconds since 1970.
    static func text(_ time: Int, zone: String = "+0000") -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "UTC")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss"
        return "\(formatter.string(from: Date(timeIntervalSince1970: Double(time)))) \(zone)"
    }
}
