import Bytes
import Linux
import Log

@testable import Messaging

/// The broker, four clients and the model: the input says who does what.
final class Game {
    let reactor = Reactor()
    let broker: LocalBroker
    let players = [Player(), Player(), Player(), Player()]
    let model = Model()
    /// Whether the limits are so narrow that messages are lost and publishers wait.
    let isNarrow: Bool
    /// Whether the model can tell what has to come: not where the limits are narrow, nor once a connected client has sent
    /// bytes of no packet, for they may be a SUBSCRIBE, a message or a DISCONNECT all the same.
    private(set) var isModelled: Bool

    init(narrow: Bool, window: Int) {
        Network.reset()
        Clock.now = 1_000_000_000
        isNarrow = narrow
        isModelled = !narrow
        broker = LocalBroker(reactor: reactor, log: Logger(), limits: Self.limits(narrow, window))
        do throws(SystemError) { try broker.listenWithoutTLS(port: 0) } catch { require(false, "no listener") }
    }

    private static func limits(_ narrow: Bool, _ window: Int) -> BrokerLimits {
        var limits = BrokerLimits.plain
        limits.window = window
        // Nobody waits for anybody: the model knows no time.
        limits.highWater = .max / 2
        guard narrow else { return limits }
        limits.payload = 64
        limits.topic = 40
        limits.filters = 3
        limits.unreleased = 2
        limits.pendingConnections = 3
        limits.highWater = 120
        limits.lowWater = 40
        limits.outputQueue = 300
        limits.outputQueues = 700
        limits.sessionMessages = 5
        limits.sessionBytes = 200
        limits.sessionsBytes = 500
        limits.awaySessions = 1
        limits.retainedMessages = 2
        limits.retainedBytes = 60
        return limits
    }

    /// Lets the broker work until it has nothing to do.
    func settle() {
        var turns = 0
        while reactor.turn() {
            turns += 1
            // A publisher that waits for a client is looked at in every turn.
            if turns > 50 { break }
        }
        if players.contains(where: { $0.connection?.serverHasClosed == true }) { noticeAll() }
        for player in players { read(player) }
        if isNarrow { checkMemory() }
    }

    func checkMemory() {
        let limits = broker.limits
        // Each session has a share of its own, which the others cannot take.
        let most = limits.sessionsBytes + broker.sessions.count * limits.lowWater
        require(broker.rules.stored >= 0 && broker.rules.stored <= most, "sessions keep too much")
        require(broker.waiting >= 0, "less than nothing waits")
        require(broker.pending >= 0 && broker.pending <= limits.pendingConnections, "too many connections are pending")
        require(broker.away >= 0 && broker.away <= limits.awaySessions, "too many sessions are kept")
        for case let connection? in broker.connectionTable {
            // One message may be taken whole where nothing waits before it.
            let most = limits.outputQueue + BrokerConnection.answerRoom + BrokerConnection.scratchSize * 2
            require(connection.output.count <= most, "too much waits for one client")
        }
    }

    // MARK: What clients do

    func deliver(_ player: Player, _ limit: Int) {
        if player.outbox.isEmpty, player.isIdle { return }
        for effect in player.send(limit) where isModelled { apply(effect, player) }
        settle()
    }

    func drop(_ player: Player) {
        guard let connection = player.connection else { return }
        connection.clientHasClosed = true
        end(player)
        settle()
    }

    func wait(_ time: Int64) {
        Clock.now += time
        settle()
        // Deadlines are looked at together, a little later.
        Clock.now += 300_000_000
        settle()
        for player in players where player.keepAlive > 0 && player.isAnswered && isModelled && !player.isWild {
            let silence = Clock.now - player.lastSent
            let isOver = silence > player.keepAlive * 1_500_000_000 + 600_000_000
            require(!isOver || player.connection == nil, "a silent client stays connected")
        }
    }

    private var connected: Set<String> { Set(players.compactMap { $0.isConnected ? $0.clientID : nil }) }

    private func apply(_ effect: Player.Effect, _ player: Player) {
        if player.isWild { return }
        switch effect {
        case .none:
            player.isWild = true
            if player.isConnected { isModelled = false }
        case .connect(let clientID, let clean, let keepAlive, let will):
            for other in players where other !== player && other.clientID == clientID && other.isConnected {
                end(other)
            }
            let present = model.connect(clientID, clean: clean)
            player.clientID = clientID
            player.keepAlive = Int64(keepAlive)
            player.will = will
            player.expected.append([0x20, 2, present ? 1 : 0, 0])
        case _ where player.clientID == nil: player.isWild = true
        default: applyConnected(effect, player, model.sessions[player.clientID ?? ""])
        }
    }

    private func applyConnected(_ effect: Player.Effect, _ player: Player, _ session: Model.Session?) {
        guard let session else { return }
        func answer(_ type: UInt8, _ id: UInt16) { player.expected.append(Wire.packet(type, Wire.number(id))) }
        switch effect {
        case .subscribe(let id, let requests):
            for request in requests { session.filters[request.filter] = request.qos }
            player.expected.append(Wire.packet(0x90, Wire.number(id) + requests.map { $0.qos }))
        case .unsubscribe(let id, let filter):
            session.filters[filter] = nil
            answer(0xB0, id)
        case .publish(let message, let id):
            if message.qos == 1 { answer(0x40, id) }
            if message.qos == 2 { answer(0x50, id) }
            // A QoS 2 message again is none.
            if message.qos == 2, !session.unreleased.insert(id).inserted { return }
            model.publish(message, connected: connected)
        case .pubrel(let id):
            session.unreleased.remove(id)
            answer(0x70, id)
        case .puback(let id): session.underWay[id] = nil
        case .pubrec(let id): session.released.insert(id)
        case .pubcomp(let id):
            session.released.remove(id)
            session.underWay[id] = nil
        case .ping: player.expected.append([0xD0, 0])
        case .disconnect:
            player.will = nil
            end(player)
        case .none, .connect: return
        }
    }

    /// The connection is over, by the model.
    private func end(_ player: Player) {
        guard player.connection != nil else { return }
        read(player)
        player.connection = nil
        guard let clientID = player.clientID, isModelled else { return }
        player.clientID = nil
        model.leave(clientID)
        if let will = player.will { model.publish(will, connected: connected) }
        player.will = nil
    }

    // MARK: What the broker does

    private func noticeAll() {
        // Wills go out in the order in which the broker looks at its connections.
        let closed = players.filter { $0.connection?.serverHasClosed == true }
        for player in closed.sorted(by: { $0.descriptor < $1.descriptor }) { notice(player) }
    }

    /// The broker has closed: it must have a reason.
    private func notice(_ player: Player) {
        guard let connection = player.connection, connection.serverHasClosed else { return }
        if isModelled, !player.isWild, player.isAnswered {
            let silence = Clock.now - player.lastSent
            require(
                player.keepAlive > 0 && silence >= player.keepAlive * 1_500_000_000,
                "a client that did nothing wrong is cut off")
        }
        end(player)
    }

    private func read(_ player: Player) {
        if player.isPaused, player.connection?.serverHasClosed == false { return }
        for answer in player.receive() {
            #if PLANTED
            // The test of the harness: as if the broker forgot DUP.
            take(answer.qos == 2 && answer.type == 3 ? answer.withoutDuplicate : answer, player)
            #else
            take(answer, player)
            #endif
        }
    }

    /// Has the model look at what has come, and remembers what the client has to acknowledge.
    private func take(_ answer: Answer, _ player: Player) {
        if isModelled, !player.isWild, let session = model.sessions[player.clientID ?? ""] {
            check(answer, player, session)
        }
        switch answer.type {
        case 2: player.isAnswered = true
        case 3 where answer.qos > 0: player.toAcknowledge.append((answer.qos == 1 ? 0x40 : 0x50, answer.id))
        case 6: player.toAcknowledge.append((0x70, answer.id))
        default: break
        }
    }

    private func check(_ answer: Answer, _ player: Player, _ session: Model.Session) {
        switch answer.type {
        case 3:
            require(player.isAnswered, "a message comes before CONNACK")
            model.received(answer, session)
        case 6: require(session.released.contains(answer.id), "a PUBREL that no PUBREC has asked for")
        default:
            let isNext = player.expected.first == [answer.first, UInt8(answer.body.count)] + answer.body
            require(isNext, "an answer that nothing has asked for, or out of order")
            player.expected.removeFirst()
        }
    }
}

extension Player {
    var isConnected: Bool { connection != nil && clientID != nil }

    var descriptor: Int32 { connection?.descriptor ?? -1 }

    /// Nothing has come or gone that the broker or the client has not seen.
    var isIdle: Bool { connection.map { $0.toServer.isEmpty && $0.toClient.isEmpty } ?? true }
}
