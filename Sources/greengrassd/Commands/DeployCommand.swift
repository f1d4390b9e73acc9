import Core

/// `greengrassd deploy FOLDER`.
struct DeployCommand {
    let folder: String

    func run(root: String) -> Int32 {
        return ExitCode.failure
    }
}
