import Group
import Linux
import Messaging

extension SpoolSettings {
    /// The group's wishes. Where it has none, messages are kept in a file, so that a restart does not lose them (row H-37);
    /// OpenWrt's small flash is spared.
    init(_ definition: SpoolerDefinition, _ layout: Layout) {
        let storage = definition.storage ?? (Files.exists(Self.openWrtMark) ? .memory : .fileSystem)
        self.init(
            storage: storage == .memory ? .memory : .folder(layout.spool), maximumBytes: definition.maximumBytes)
    }

    /// There on every OpenWrt.
    private static let openWrtMark = "/etc/openwrt_release"
}
