import Linux
import Sandbox

/// Who the core and, by default, the functions run as.
public struct Identities: Sendable {
    /// The numbers of a user and a group.
    public typealias Identity = (user: UInt32, group: UInt32)

    /// The user that packages make for the core.
    static let coreName = "greengrass"
    /// V1's default access identity (row LAM-17).
    static let functionUser = "ggc_user"
    static let functionGroup = "ggc_group"
    /// Where to look for numbers that nobody has: above those that adduser, systemd and container tools hand out to
    /// people and services, below `nobody`.
    static let firstFreeCandidate: UInt32 = 61_700

    /// Nil when this process is not root and so cannot change identity.
    public let core: Identity?
    /// The default for functions.
    public let functions: Identity
    /// What to tell the log.
    public let notices: [String]

    public static func find() -> Identities {
        guard Users.isRoot else {
            let own = (user: Users.effectiveUserID, group: Users.effectiveGroupID)
            return Identities(
                core: nil, functions: own,
                notices: [
                    "Greengrass was not started as root: the core and all functions run as user "
                        + "\(Users.name(ofUser: own.user)), and functions are not kept apart from the core's files."
                ])
        }
        var notices: [String] = []
        let coreUser = Users.userID(named: coreName) ?? free(0)
        let coreGroup = Users.groupID(named: coreName) ?? coreUser
        var functionUser = Users.userID(named: self.functionUser)
        let functionGroup = Users.groupID(named: self.functionGroup)
        if functionUser == nil || functionGroup == nil {
            notices.append(
                "The user ggc_user or the group ggc_group is missing: functions without a RunAs setting run with a "
                    + "number that no user has. `adduser --system ggc_user; addgroup --system ggc_group` makes them.")
        }
        if functionUser == coreUser { functionUser = nil }
        let user = functionUser ?? free(1)
        return Identities(
            core: (coreUser, coreGroup), functions: (user, functionGroup ?? user), notices: notices)
    }

    /// Whom a function runs as that asks for this user and group, nil being no wish.
    func identity(_ user: UInt32?, _ group: UInt32?) -> LaunchIdentity {
        LaunchIdentity(user: user ?? functions.user, group: group ?? functions.group)
    }

    /// The n-th number that is neither a user nor a group here; the same every time, so that files keep their owner.
    private static func free(_ skipping: Int) -> UInt32 {
        var left = skipping
        var candidate = firstFreeCandidate
        while true {
            if !Users.isKnown(userID: candidate), !Users.isKnown(groupID: candidate) {
                if left == 0 { return candidate }
                left -= 1
            }
            candidate += 1
        }
    }
}
