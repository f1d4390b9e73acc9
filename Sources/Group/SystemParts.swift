/// V1's system functions (row LAM-26). Here they are parts of the one core process: a group need not name them, and none of
/// them is started for it.
enum SystemParts {
    private static let builtIn = ["GGConnManager", "GGDeviceCertificateManager", "GGRouter"]
    private static let later = [
        "GGIPDetector", "GGSecretManager", "GGShadowService", "GGShadowSyncManager", "GGTES", "GGStreamManager",
    ]

    /// What a group that names one is told, as the end of a sentence that begins with its ARN.
    static func answer(to name: String) -> String {
        if builtIn.contains(name) { return "is a part of the core, which always has it" }
        if later.contains(name) { return "is a part of the core that this version does not have yet" }
        let known = (["GGCloudSpooler"] + builtIn + later).joined(separator: ", ")
        return "is no part of the core; those are \(known)"
    }
}
