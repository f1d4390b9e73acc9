import Group
import JSON
import Linux

/// A group folder as it was read: `group.json` and where the packages are (docs/group-folder.md).
struct GroupFolder {
    /// The content of `group.json`.
    var bytes: [UInt8] = []
    var group = GroupDefinition()
    /// The functions with the paths of their packages below the folder.
    var packages: [(function: FunctionDefinition, package: String)] = []
    var report = Report()

    static let fileName = "group.json"

    /// Reads a folder and checks everything in it.
    static func read(_ folder: String, rules: GroupRules, resources: ResourceCheck) -> GroupFolder {
        var content = GroupFolder()
        let file = Path.join(folder, fileName)
        do throws(SystemError) {
            content.bytes = try Files.read(file, limit: GroupLimits.groupFileBytes)
        } catch {
            content.report.violation(
                file, "cannot be read (\(error.reason)); a group folder is a directory with a \(fileName) in it")
            return content
        }
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(content.bytes, maximumBytes: GroupLimits.groupFileBytes)
        } catch {
            content.report.add(.unreadable(error))
            return content
        }
        (content.group, content.report) = GroupDefinition.read(document, rules: rules)
        for function in content.group.functions {
            let place = FunctionPlace(function, in: document)
            content.check(function, in: folder, place)
            for problem in resources.problems(function, in: content.group) {
                content.report.add(place.policy(problem.policy, .violation, problem.message))
            }
        }
        return content
    }

    /// Finds the package of a function and looks through it.
    private mutating func check(_ function: FunctionDefinition, in folder: String, _ place: FunctionPlace) {
        guard let package = GroupFolder.package(of: function, in: folder) else {
            report.add(place.missingPackage(function))
            return
        }
        let inspector = PackageInspector(wanted: HandlerCheck.candidates(function))
        let shown = Path.join(folder, package)
        let reader = PackageReader(package, in: folder, inspector)
        var isWhole = true
        do throws(PackageError) {
            try reader.read()
        } catch {
            isWhole = false
            switch error {
            case .unusable(let text):
                report.add(place.package(.violation, "the package \(shown) cannot be used: \(text)"))
            case .system(let error):
                report.add(place.package(.violation, "the package cannot be read: \(error.description)"))
            }
        }
        for complaint in reader.complaints {
            isWhole = false
            report.add(place.package(.violation, "in the package \(shown), \(complaint)"))
        }
        if isWhole, let (severity, text) = HandlerCheck.problem(function, inspector) {
            report.add(place.handler(severity, "\(Words.quoted(function.handler)): \(text) (in \(shown))"))
        }
        packages.append((function, package))
    }

    /// The path of the function's package below the folder: what `Package` says, else a folder or `.zip` of the function's name.
    private static func package(of function: FunctionDefinition, in folder: String) -> String? {
        if let package = function.package {
            return Files.exists(Path.join(folder, package)) ? package : nil
        }
        guard let name = FunctionARN(function.arn)?.name else { return nil }
        for candidate in [name, name + ".zip"] {
            if Files.exists(Path.join(folder, candidate)) { return candidate }
        }
        return nil
    }
}
