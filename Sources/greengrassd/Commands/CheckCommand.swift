import Core
import JSON
import Linux

/// `greengrassd check cloud`: whether the cloud can be reached from here, as the core would reach it.
struct CheckCommand {
    let json: Bool

    func run(root: String) -> Int32 {
        do throws(SetupError) {
            let configuration = try read(root)
            let check = try CloudCheck(configuration)
            var isGood = true
            var results: [JSON] = []
            try check.run { result in
                if result.outcome != .works { isGood = false }
                if json { results.append(result.json) } else { Console.say(result.text) }
            }
            if json {
                let answer: JSON = [
                    "thing": .string(configuration.thing.name), "works": .boolean(isGood), "checks": .array(results),
                ]
                IO.print(String(decoding: answer.serialized(layout: .pretty), as: UTF8.self))
            }
            return isGood ? ExitCode.success : ExitCode.failure
        } catch {
            Console.complain("greengrassd: \(error.sentence)")
            return ExitCode.failure
        }
    }

    private func read(_ root: String) throws(SetupError) -> Configuration {
        do throws(ConfigurationError) {
            let (configuration, warnings) = try Configuration.read(root: root)
            for warning in warnings { Console.complain("Warning: config.json: \(warning)") }
            return configuration
        } catch {
            throw SetupError(error.description)
        }
    }
}
