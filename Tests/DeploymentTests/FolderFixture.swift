import Deployment
import Group

/// Group folders to deploy.
enum FolderFixture {
    static let arn = "arn:aws:lambda:us-west-2:123456789012:function:Alarm:"

    static func group(
        version: Int = 1, handler: String = "alarm.handler", more: String = "", runtime: String = "python3.7"
    ) -> String {
        """
        {"DefaultConfig": {"Execution": {"IsolationMode": "NoContainer"}},
         "Functions": [{"Id": "alarm", "FunctionArn": "\(arn)\(version)", "Runtime": "\(runtime)",
                        "Handler": "\(handler)"\(more)}]}
        """
    }

    static let source = "import json\n\ndef handler(event, context):\n    return event\n"

    /// A folder with one function whose code is a folder of two files.
    static func make(version: Int = 1, in folder: TemporaryFolder = TemporaryFolder()) -> TemporaryFolder {
        folder.write(group(version: version), to: "group.json")
        folder.write(source, to: "Alarm/alarm.py")
        folder.write("VERSION = \(version)\n", to: "Alarm/lib/version.py")
        return folder
    }
}

/// What a deployment fails with; nil where it does not.
///
/// A typed error is not caught by a pattern here: that crashes Swift 6.3.1's compiler.
func failure(_ body: () throws -> Void) -> DeploymentError? {
    do {
        try body()
        return nil
    } catch {
        return error as? DeploymentError
    }
}

extension Deployer {
    /// Deploys a folder that goes when this returns.
    @discardableResult
    func apply(_ folder: TemporaryFolder) throws(DeploymentError) -> Applied {
        defer { withExtendedLifetime(folder) {} }
        return try apply(folder.path)
    }
}
