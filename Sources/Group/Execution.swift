/// Where a function's process runs (`IsolationMode`, LAM-12).
public enum IsolationMode: Sendable {
    /// `GreengrassContainer`, V1's default.
    case container
    /// `NoContainer`: a plain process.
    case noContainer

    /// From the word of `group.json`.
    init?(word: String?) {
        switch word {
        case "GreengrassContainer": self = .container
        case "NoContainer": self = .noContainer
        default: return nil
        }
    }
}

/// The numeric user and group a function runs as (`RunAs`, LAM-16); nil is `ggc_user` or `ggc_group`.
public struct RunAs: Equatable, Sendable {
    public var userID: UInt32?
    public var groupID: UInt32?

    public init(userID: UInt32? = nil, groupID: UInt32? = nil) {
        self.userID = userID
        self.groupID = groupID
    }
}

/// `DefaultConfig.Execution` of the group's functions (LAM-12, LAM-17).
public struct DefaultExecution: Equatable, Sendable {
    public var isolation: IsolationMode
    public var runAs: RunAs

    public init(isolation: IsolationMode = .container, runAs: RunAs = RunAs()) {
        self.isolation = isolation
        self.runAs = runAs
    }
}
