import Foundation
import Image

extension ContainerCell {
    /// Makes a core's `certs` and `config` in `root` of the scratch folder, by the image's own commands, and a group's folder
    /// in `group`.
    func makeRoot(runtimes: [String], container: Bool = false) throws -> DemoGroup {
        let mount = ["-v", "\(scratch)/root:/greengrass"]
        try once(mount, ["init", "--thing", "cell_Core"])
        var certificates: [String: String] = [:]
        for name in DemoGroup.devices {
            certificates[name] = try DemoGroup.digest(in: once(mount, ["device", "add", name]))
        }
        let group = DemoGroup(certificates: certificates, runtimes: runtimes)
        try group.write(to: scratch + "/group")
        return group
    }
}
