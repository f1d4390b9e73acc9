import Foundation

/// What the environment in which the tests run has for functions, as it declares it: `PERENNIAL_EXPECT`, words of
/// `Feature`, or `nothing`. Tests assert the right outcome for it, and `EnvironmentTests` that it is true. Without a
/// declaration root has everything, and whoever is not root nothing.
enum Expectation {
    enum Feature: String, CaseIterable {
        /// Functions can have containers.
        case containers
        /// Control groups bound the memory of those.
        case memory
        /// Functions have users and groups of their own.
        case users
        /// The tests may look into processes of other users and into the core's (ptrace(2), "access mode checking").
        case inspection
    }

    static let features: Set<Feature> = {
        guard let text = ProcessInfo.processInfo.environment["PERENNIAL_EXPECT"] else {
            return geteuid() == 0 ? Set(Feature.allCases) : []
        }
        let words = text.split { $0 == " " || $0 == "," }.map(String.init).filter { $0 != "nothing" }
        return Set(
            words.map { word in
                guard let feature = Feature(rawValue: word) else {
                    fatalError("PERENNIAL_EXPECT: \(word) is none of \(Feature.allCases.map(\.rawValue)), nor nothing")
                }
                return feature
            })
    }()

    static func has(_ feature: Feature) -> Bool { features.contains(feature) }
}

/// Thrown when a group with containers was refused, as it has to be in an environment without: the test has its outcome.
struct RefusedAsExpected: Error {}

extension CoreUnderTest {
    /// Where there are no containers, a group with one is refused as a whole, with what is missing and what to write.
    func expectRefusal(of group: GroupFolder) throws {
        guard !Expectation.has(.containers), group.functions.contains(where: { $0.memory != nil }) else { return }
        let result = try deployFolder(group)
        guard result.exit == .code(1),
            result.text.contains("IsolationMode=GreengrassContainer, V1's default, and here "),
            result.text.contains("fallBackToNoContainer")
        else {
            throw HarnessError(
                "here are no containers, and a group with some is not refused with what to write: \(result)")
        }
        throw RefusedAsExpected()
    }
}
