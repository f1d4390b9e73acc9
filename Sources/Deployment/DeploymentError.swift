import Group
import Linux

/// Why a deployment was not made, changed back or read. In every case the core has the group it had before.
public enum DeploymentError: Error {
    /// The folder's group breaks rules; the report has all of them.
    case invalid(folder: String, Report)
    /// Another deployment is being made (DEP-08).
    case busy
    /// The disk is full.
    case noSpace(SystemError)
    /// Something the machine refused.
    case failed(SystemError)
    /// Nothing was deployed yet.
    case nothingDeployed
    /// There is no deployment before the current one.
    case nothingToRollBackTo
    /// The deployed files are not as a deployment leaves them.
    case damaged(path: String, reason: String)
    /// The deployed files are another user's.
    case outOfReach(path: String)
    /// A newer version of the core wrote the deployment.
    case newerFormat(path: String, found: Int64)

    init(_ error: SystemError) {
        self = error.isDiskFull ? .noSpace(error) : .failed(error)
    }

    /// What kept a deployed file from being read.
    init(reading path: String, _ error: SystemError) {
        // EACCES
        self = error.code == 13 ? .outOfReach(path: path) : .damaged(path: path, reason: error.reason)
    }
}

extension DeploymentError: CustomStringConvertible {
    private static let whoMay = "Run greengrassd as root, or as the user who owns the greengrass-root."

    /// One or more sentences for a person, with what to do next.
    public var description: String {
        switch self {
        case .invalid(let folder, let report):
            let count = report.violationCount
            return
                "The group in \(folder)/group.json has \(count) error\(count == 1 ? "" : "s") and was not deployed:\n"
                + report.description + "The core keeps the group it has. Correct the folder and deploy it again."
        case .busy:
            return "Another deployment is in progress. Wait until it has ended and deploy again."
        case .noSpace(let error):
            return
                "The disk is full (\(error.description)). The core keeps the group it has. Make room and deploy again."
        case .failed(let error):
            // EPERM, EACCES
            let next = error.code == 1 || error.code == 13 ? " " + Self.whoMay : ""
            return "The deployment failed (\(error.description)). The core keeps the group it has." + next
        case .nothingDeployed:
            return "No group has been deployed to this core yet. Deploy one with `greengrassd deploy FOLDER`."
        case .nothingToRollBackTo:
            return "There is no earlier deployment to go back to. Deploy a group folder instead."
        case .damaged(let path, let reason):
            return "The deployed group is damaged: \(path): \(reason). Deploy the group folder again, or replace the "
                + "content of group.json with {} to start without a group."
        case .outOfReach(let path):
            return "The deployed group cannot be read: \(path): Permission denied. " + Self.whoMay
        case .newerFormat(let path, let found):
            return "\(path) has format \(found), which a newer version of the core wrote; this one knows "
                + "\(DeploymentManifest.currentFormat). Start the newer version, or deploy the group folder again."
        }
    }
}
