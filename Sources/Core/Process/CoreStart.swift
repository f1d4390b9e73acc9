import Certificates
import Deployment
import Functions
import Group
import Linux
import Log
import Sandbox
import TLS

/// The core process from its fork to its exit: what needs root first, then the end of root's privileges, then the core.
struct CoreStart {
    let setup: DaemonSetup
    let identities: Identities
    /// What the machine can do for functions in containers, as the supervisor has found out.
    let support: SandboxSupport
    let echoes: Bool

    /// - Returns: the exit code.
    func run(link: Int32, supervisor: Int32) -> Int32 {
        // The fork came with the signals of a fresh program: a peer that goes away must not end the core.
        Signals.ignoreBrokenPipes()
        let connection = SupervisorConnection(descriptor: link)
        do throws(SetupError) {
            let server = try prepareServer()
            let deployed = DeployedGroup.load(setup, withoutContainers: support.refusal)
            let cloud = try CloudCredentials.read(setup.configuration)
            let configuration = CoreLogs.functionConfiguration(setup, deployed)
            guard connection.tell(.mayLaunch(deployed.launchGrants(identities, configuration))) else {
                throw SetupError(
                    "The deployed group names more users, resources and packages than the \(SupervisorMessage.largestRecord) "
                        + "bytes of one record hold: deploy one with shorter paths or fewer functions.")
            }
            do throws(SystemError) {
                try Privileges.drop(to: identities.core, parent: supervisor)
            } catch {
                throw SetupError("The core cannot give up its privileges", error)
            }
            let core = try CoreProcess(
                setup: setup, identities: identities, deployed: deployed, server: server, cloud: cloud,
                connection: connection, echoes: echoes)
            return try core.run()
        } catch {
            connection.tellLast(.cannotServe(reason: error.sentence))
            return CoreExit.failed
        }
    }

    /// Reads or makes the local server's identities: the group CA's key is root's alone and is forgotten afterwards.
    private func prepareServer() throws(SetupError) -> ServerIdentities {
        let layout = setup.layout
        do throws(CertificateError) {
            let folder = layout.groupCertificateAuthority
            let isNew = !Files.exists(Path.join(folder, GroupAuthority.keyName))
            let authority = isNew ? try GroupAuthority.create(in: folder) : try GroupAuthority.load(from: folder)
            let certificate = ServerCertificate(directory: layout.serverState)
            let made = try certificate.prepare(
                authority: authority, names: RootSetup.serverNames(), commonName: setup.configuration.thing.name,
                at: Clock.realtime() / 1000)
            return ServerIdentities(
                identities: made.identities, authority: authority.certificate, certificate: certificate,
                notices: (isNew ? ["Made a group CA in \(folder): devices have to trust its ca.crt."] : [])
                    + made.issued)
        } catch {
            throw SetupError("The local server's certificate cannot be made: \(error.description).")
        }
    }
}

/// What the local server proves itself with, and what tells whether it has to be made anew.
struct ServerIdentities {
    let identities: [TLSIdentity]
    let authority: Certificate
    let certificate: ServerCertificate
    let notices: [String]

    /// Why the core should start anew to get other certificates, or nil.
    func renewalReason() -> RenewalReason? {
        let names = RootSetup.serverNames()
        for identity in identities {
            if let reason = certificate.needsRenewal(
                identity.leaf, authority: authority, names: names, at: Clock.realtime() / 1000)
            {
                return reason
            }
        }
        return nil
    }
}
