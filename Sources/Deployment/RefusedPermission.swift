import Group
import Linux

/// Why a function may not use a resource, and the command that mends it (row H-27).
struct RefusedPermission {
    let path: String
    let status: FileStatus
    let local: LocalResource
    let identity: AccessCheck.Identity
    let use: AccessCheck.Use
    let error: SystemError
    /// In a container the folders above the resource do not count.
    let isMounted: Bool

    var advice: String {
        if error.code == 30 {
            return "It lies on a file system that is mounted read-only; remount it, or use the Permission \"ro\"."
        }
        if !isMounted, let folder = closedFolder() {
            return "The function cannot reach it: \(Self.describe(folder.path, folder.status)), which "
                + "\(Users.name(ofUser: identity.user)) may not enter. `chmod o+x \(folder.path)` opens it."
        }
        let owner = Users.name(ofGroup: status.group)
        let letters = letters
        var text = Self.describe(path, status) + ". "
        let groupHas = Self.has(status.mode >> 3, use)
        if groupHas, local.groupOwner != .automatic {
            text +=
                "Its group \(owner) has the permission: set GroupOwnerSetting.AutoAddGroupOwner of the resource to true."
            return text
        }
        let isAdded = identity.group == status.group || identity.supplementary.contains(status.group)
        if isAdded {
            text += "`chmod g+\(letters) \(path)` gives it to the group \(owner), which the function has."
            return text
        }
        let own = Users.name(ofGroup: identity.group)
        text +=
            "`chgrp \(own) \(path) && chmod g+\(letters) \(path)` gives it to the group \(own), which the function has"
        text +=
            local.groupOwner == .automatic
            ? "." : "; or set GroupOwnerSetting.AutoAddGroupOwner to true and `chmod g+\(letters) \(path)`."
        return text
    }

    private var letters: String {
        (use.contains(.read) ? "r" : "") + (use.contains(.write) ? "w" : "") + (use.contains(.search) ? "x" : "")
    }

    /// The first folder on the way that the function may not pass.
    private func closedFolder() -> (path: String, status: FileStatus)? {
        var reached = "/"
        for part in path.utf8.split(separator: UInt8(ascii: "/")).dropLast() {
            reached = Path.join(reached, String(decoding: Array(part), as: UTF8.self))
            do throws(SystemError) {
                guard let status = try Files.status(reached) else { return nil }
                if !mayPass(status) { return (reached, status) }
            } catch {
                return nil
            }
        }
        return nil
    }

    private func mayPass(_ status: FileStatus) -> Bool {
        if identity.user == 0 { return true }
        if identity.user == status.owner { return Self.has(status.mode >> 6, .search) }
        let isGroup = identity.group == status.group || identity.supplementary.contains(status.group)
        return Self.has(isGroup ? status.mode >> 3 : status.mode, .search)
    }

    private static func has(_ bits: UInt32, _ use: AccessCheck.Use) -> Bool {
        bits & UInt32(bitPattern: use.rawValue) == UInt32(bitPattern: use.rawValue)
    }

    /// `/dev/ttyUSB0 belongs to root:dialout and has the mode 0660`.
    private static func describe(_ path: String, _ status: FileStatus) -> String {
        var digits = String(status.mode & 0o7777, radix: 8)
        while digits.utf8.count < 4 { digits = "0" + digits }
        return
            "\(path) belongs to \(Users.name(ofUser: status.owner)):\(Users.name(ofGroup: status.group)) and has the mode "
            + digits
    }
}
