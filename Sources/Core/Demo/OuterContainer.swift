import Bytes
import Linux

/// The container that this process runs in, as far as it can be seen from inside (proc(5), `mountinfo`).
public struct OuterContainer {
    /// Where something is mounted.
    public let mountPoints: [String]
    /// What `docker cp` and `docker exec` take; nil where it cannot be told.
    public let identifier: String?

    private static let idLength = 64
    /// As `docker ps` shows them.
    private static let shownLength = 12

    /// - Parameter mountinfo: the content of `/proc/self/mountinfo`.
    init(mountinfo: [UInt8], hostName: String) {
        var points: [String] = []
        var found: [UInt8]?
        for line in mountinfo.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            guard fields.count > 4 else { continue }
            points.append(Self.unescaped(Array(fields[4])).text)
            // Docker mounts files from the container's own folder, `…/containers/<id>/hostname` among them.
            let parts = fields[3].split(separator: UInt8(ascii: "/"))
            if found == nil, let place = parts.firstIndex(where: { Self.isIdentifier($0) }), place > parts.startIndex,
                Array(parts[place - 1]).text == "containers"
            {
                found = Array(parts[place].prefix(Self.shownLength))
            }
        }
        mountPoints = points
        if let found {
            identifier = found.text
        } else {
            let isDefaultName = hostName.utf8.count == Self.shownLength && hostName.utf8.allSatisfy(Self.isDigit)
            identifier = isDefaultName ? hostName : nil
        }
    }

    /// Of this process.
    public static func current() -> OuterContainer {
        let text: [UInt8]
        do throws(SystemError) { text = try Files.read("/proc/self/mountinfo", limit: 1 << 20) } catch { text = [] }
        return OuterContainer(mountinfo: text, hostName: Interfaces.hostName())
    }

    /// Where whoever started this container has mounted something; empty where there is no container.
    public static func mounts() -> [String] { MachineCheck.outerContainer() == nil ? [] : current().mountPoints }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f")
    }

    private static func isIdentifier(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count == idLength && bytes.allSatisfy(isDigit)
    }

    /// Spaces and their like are written as a backslash and three octal digits.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), index + 3 < bytes.count {
                let digits = bytes[(index + 1)...(index + 3)].map { Int($0) - 0x30 }
                result.append(UInt8(truncatingIfNeeded: digits[0] * 64 + digits[1] * 8 + digits[2]))
                index += 4
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
