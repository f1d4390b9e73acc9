import Linux
import Network
import TLS

/// `greengrassd check cloud`: tries the cloud's services from where the core would, with its configuration and its
/// credentials, and disturbs no running core: nothing here uses a client ID.
public final class CloudCheck {
    /// For one service, nanoseconds: what the steps may take together when every address of a name hangs.
    private static let longest: Int64 = 90_000_000_000

    private let thing: ThingARN
    private let plans: [(service: CloudService, plan: DialPlan?)]
    private let reactor: Reactor
    private let resolver: Resolver

    /// Reads what `start` reads.
    /// - Throws: what would keep the core from starting, or that it has no cloud.
    public init(_ configuration: Configuration) throws(SetupError) {
        guard configuration.iotHost != nil else {
            throw SetupError(
                "This core has no cloud: there is no coreThing.iotHost in its config.json, so there is nothing to check."
            )
        }
        thing = configuration.thing
        var plans: [(service: CloudService, plan: DialPlan?)] = []
        for service in CloudService.all {
            plans.append((service, try CloudCredentials.read(configuration, for: service)?.plan))
        }
        self.plans = plans
        do throws(SystemError) {
            reactor = try Reactor()
        } catch {
            throw SetupError("The check cannot be made", error)
        }
        resolver = Resolver(reactor: reactor)
    }

    /// Tries one service after the other and tells of each as soon as it is known.
    public func run(_ tell: (CloudCheckResult) -> Void) throws(SetupError) {
        for (service, plan) in plans {
            guard let plan else {
                tell(CloudCheckResult(missing: service))
                continue
            }
            let probe = CloudProbe(service, plan, thing: thing, reactor: reactor, resolver: resolver)
            probe.start()
            let timer = reactor.schedule(afterNanoseconds: Self.longest) {
                probe.giveUp(after: Self.longest / 1_000_000_000)
            }
            do throws(SystemError) {
                while probe.result == nil { try reactor.turn(waiting: true) }
            } catch {
                throw SetupError("The event loop failed", error)
            }
            reactor.cancel(timer)
            if let result = probe.result { tell(result) }
        }
    }
}
