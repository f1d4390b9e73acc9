import Core
import Deployment
import Group
import JSON
import Linux

/// `greengrassd deploy FOLDER`: checks a group folder, makes it current, and has a running core take it up; if the core
/// does not serve with it, the group before it comes back.
struct DeployCommand {
    let folder: String

    func run(root: String) -> Int32 {
        guard let configuration = Console.configuration(root: root) else { return ExitCode.failure }
        let layout = Layout(root: root, writeDirectory: configuration.writeDirectory)
        let compiler = PythonCompiler(
            configuration, runtimes: layout.runtimes(executable: Processes.executable()))
        let deployer = DeploymentSettings.deployer(configuration, layout, containers: .probed, compiler: compiler)
        let applied: Applied
        do throws(DeploymentError) {
            applied = try deployer.apply(folder)
        } catch {
            Console.complain(error.description)
            return ExitCode.failure
        }
        if !applied.report.warnings.isEmpty { IO.print(applied.report.description, to: 2) }
        for note in applied.notes { Console.complain(note) }
        let daemon: RunningDaemon?
        do throws(SystemError) { daemon = try RunningDaemon.find(layout) } catch { daemon = nil }
        guard let daemon else {
            Console.say("Deployment \(applied.id.description) is in place; `greengrassd start` runs it.")
            return ExitCode.success
        }
        if let discrepancy = daemon.discrepancy(to: layout) {
            Console.say(
                "Deployment \(applied.id.description) is in place; the core that runs does not see it. \(discrepancy)")
            return ExitCode.success
        }
        return takeUp(applied.id.description, daemon.process, deployer, layout, configuration.healthCheckTimeout)
    }

    private func takeUp(
        _ deployment: String, _ daemon: Int32, _ deployer: Deployer, _ layout: Layout, _ timeout: Int64
    ) -> Int32 {
        Console.say("Deployment \(deployment) is in place; the running core takes it up.")
        guard Processes.send(Signals.hangUp, to: daemon) else {
            Console.complain(
                "greengrassd: process \(daemon) cannot be told: it belongs to another user or runs in another container. "
                    + "`greengrassd restart` as root, or a restart of the container, takes the deployment up.")
            return ExitCode.failure
        }
        if serves(deployment, layout, timeout) {
            Console.say("The core serves deployment \(deployment).")
            return ExitCode.success
        }
        Console.complain(
            "The core did not serve deployment \(deployment) within \(timeout) ms; \(layout.runtimeLog) says why.")
        do throws(DeploymentError) {
            let previous = try deployer.rollback().description
            _ = Processes.send(Signals.hangUp, to: daemon)
            let isBack = serves(previous, layout, timeout)
            Console.complain(
                "Deployment \(previous) is current again"
                    + (isBack ? " and is served." : ", but not served yet; `greengrassd status` tells when it is."))
        } catch {
            Console.complain(error.description)
        }
        return ExitCode.failure
    }

    private func serves(_ deployment: String, _ layout: Layout, _ timeout: Int64) -> Bool {
        Waiting.until(Clock.monotonic() + timeout * 1_000_000) {
            do throws(SystemError) {
                return try StatusClient.ask(layout)?["deployment"]?.stringValue == deployment
            } catch {
                return false
            }
        }
    }
}
