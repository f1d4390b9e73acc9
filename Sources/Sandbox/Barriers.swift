import CLinux

/// Barriers that a container is started without. Only tests can ask for that: they show that each attack which a
/// barrier stops succeeds without it.
struct Barriers: OptionSet, Sendable {
    let rawValue: UInt32

    static let readOnly = Barriers(rawValue: UInt32(CLINUX_WITHOUT_READ_ONLY))
    static let masks = Barriers(rawValue: UInt32(CLINUX_WITHOUT_MASKS))
    static let privateTemporary = Barriers(rawValue: UInt32(CLINUX_WITHOUT_PRIVATE_TMP))
    static let processNamespace = Barriers(rawValue: UInt32(CLINUX_WITHOUT_PID_NAMESPACE))
    static let ipcNamespace = Barriers(rawValue: UInt32(CLINUX_WITHOUT_IPC_NAMESPACE))
    static let hostNameNamespace = Barriers(rawValue: UInt32(CLINUX_WITHOUT_UTS_NAMESPACE))
    static let noCapabilities = Barriers(rawValue: UInt32(CLINUX_WITHOUT_CAPABILITY_DROP))
    static let callFilter = Barriers(rawValue: UInt32(CLINUX_WITHOUT_FILTER))
    static let noNewPrivileges = Barriers(rawValue: UInt32(CLINUX_WITHOUT_NO_NEW_PRIVILEGES))
    static let identity = Barriers(rawValue: UInt32(CLINUX_WITHOUT_IDENTITY))
    static let readOnlyProcesses = Barriers(rawValue: UInt32(CLINUX_WITHOUT_READ_ONLY_PROC))
    static let noSetUserID = Barriers(rawValue: UInt32(CLINUX_WITHOUT_NO_SUID))
    static let minimalDevices = Barriers(rawValue: UInt32(CLINUX_WITHOUT_MINIMAL_DEV))
    static let linkCheck = Barriers(rawValue: UInt32(CLINUX_WITHOUT_LINK_CHECK))
    static let hiddenInit = Barriers(rawValue: UInt32(CLINUX_WITHOUT_HIDDEN_INIT))
    /// Not a barrier: the ways of kernels before 5.12.
    static let newCalls = Barriers(rawValue: UInt32(CLINUX_WITHOUT_NEW_CALLS))
    static let memoryLimit = Barriers(rawValue: 1 << 16)
    static let deviceList = Barriers(rawValue: 1 << 17)
    static let taskLimit = Barriers(rawValue: 1 << 18)

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    var omissions: ControlGroup.Omissions {
        var omissions: ControlGroup.Omissions = []
        if contains(.memoryLimit) { omissions.insert(.memory) }
        if contains(.deviceList) { omissions.insert(.devices) }
        if contains(.taskLimit) { omissions.insert(.tasks) }
        return omissions
    }
}
