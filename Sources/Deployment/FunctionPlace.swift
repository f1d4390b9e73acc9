import Group
import JSON

/// Where a function stands in `group.json`, for findings about its package.
struct FunctionPlace {
    private let document: JSONDocument
    private let path: JSONPath
    private let hasExecutable: Bool

    init(_ function: FunctionDefinition, in document: JSONDocument) {
        self.document = document
        var index = 0
        let elements = document.value["Functions"]?.arrayValue ?? []
        while index < elements.count, elements[index]["Id"]?.stringValue != function.id { index += 1 }
        path = JSONPath.root.appending(.key("Functions")).appending(.index(index))
        let executable = index < elements.count ? elements[index]["FunctionConfiguration"]?["Executable"] : nil
        hasExecutable = executable?.stringValue != nil
    }

    /// About the package as a whole.
    func package(_ severity: Finding.Severity, _ message: String) -> Finding {
        finding(severity, path.appending(.key("Package")), message)
    }

    /// About the handler.
    func handler(_ severity: Finding.Severity, _ message: String) -> Finding {
        let place =
            hasExecutable
            ? path.appending(.key("FunctionConfiguration")).appending(.key("Executable"))
            : path.appending(.key("Handler"))
        return finding(severity, place, message)
    }

    /// About one of its `ResourceAccessPolicies`.
    func policy(_ index: Int, _ severity: Finding.Severity, _ message: String) -> Finding {
        let environment = path.appending(.key("FunctionConfiguration")).appending(.key("Environment"))
        return finding(
            severity, environment.appending(.key("ResourceAccessPolicies")).appending(.index(index)), message)
    }

    func missingPackage(_ function: FunctionDefinition) -> Finding {
        if let package = function.package {
            return self.package(
                .violation, "the group folder has no \(Words.quoted(package)); Package names a folder or a .zip in it")
        }
        let name = FunctionARN(function.arn)?.name ?? ""
        return package(
            .violation,
            "missing, and the group folder has neither a folder \(Words.quoted(name)) nor a \(Words.quoted(name + ".zip")); "
                + "put the function's code there, or write Package with the path of a folder or a .zip")
    }

    private func finding(_ severity: Finding.Severity, _ path: JSONPath, _ message: String) -> Finding {
        Finding(severity, path: path.description, position: document.position(of: path), message: message)
    }
}
