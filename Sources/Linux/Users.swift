import CLinux

/// Users and groups of the machine, from its own files (getpwnam(3) in a static binary reads /etc/passwd).
public enum Users {
    public static func userID(named name: String) -> UInt32? {
        guard let entry = getpwnam(name) else { return nil }
        return entry.pointee.pw_uid
    }

    public static func groupID(named name: String) -> UInt32? {
        guard let entry = getgrnam(name) else { return nil }
        return entry.pointee.gr_gid
    }

    public static func isKnown(userID: UInt32) -> Bool { getpwuid(userID) != nil }

    public static func isKnown(groupID: UInt32) -> Bool { getgrgid(groupID) != nil }

    /// The name of a user, or its number.
    public static func name(ofUser userID: UInt32) -> String {
        guard let entry = getpwuid(userID), let name = entry.pointee.pw_name else { return String(userID) }
        return String(cString: name)
    }

    /// The name of a group, or its number.
    public static func name(ofGroup groupID: UInt32) -> String {
        guard let entry = getgrgid(groupID), let name = entry.pointee.gr_name else { return String(groupID) }
        return String(cString: name)
    }

    /// The user this process acts as.
    public static var effectiveUserID: UInt32 { geteuid() }
    public static var effectiveGroupID: UInt32 { getegid() }
    public static var isRoot: Bool { geteuid() == 0 }
}
