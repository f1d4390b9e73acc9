import Linux

@testable import Messaging

/// The end of a game: everybody comes back and reads; then nothing is owed and nothing is left.
extension Game {
    func finish() {
        checkMemory()
        for player in players { drop(player) }
        if isModelled {
            for (clientID, session) in model.sessions.sorted(by: { $0.key < $1.key }) where session.isPersistent {
                comeBack(clientID, session)
            }
            require(broker.rules.stored == 0, "sessions without messages keep bytes")
            require(broker.sessions.count == model.sessions.count, "sessions are left, or missing")
        }
        for clientID in ["a", "b", "c", "d"] {
            players[0].connect()
            players[0].queue(Wire.connect(clientID, clean: true, keepAlive: 0, will: nil), .none)
            deliver(players[0], .max)
            drop(players[0])
        }
        // Connections that never said who they are have their time, and storage cools.
        for _ in 0..<3 { wait(60_000_000_000) }
        require(broker.connections.isEmpty && broker.pending == 0, "connections are left")
        require(Network.openByServer == 0, "descriptors are left open")
        require(broker.waiting == 0, "bytes wait for nobody")
        require(broker.rules.stored == 0, "bytes are kept for nobody")
        require(broker.sessions.isEmpty && broker.away == 0, "sessions are left")
        broker.stop()
    }

    private func comeBack(_ clientID: String, _ session: Model.Session) {
        let player = players[0]
        player.connect()
        player.queue(
            Wire.connect(clientID, clean: false, keepAlive: 0, will: nil),
            .connect(clientID: clientID, clean: false, keepAlive: 0, will: nil))
        deliver(player, .max)
        while !player.toAcknowledge.isEmpty {
            acknowledgeAll(player)
            deliver(player, .max)
        }
        require(player.expected.isEmpty, "an answer is missing")
        require(session.owed.isEmpty, "a QoS 1 or 2 message was lost")
        require(session.underWay.isEmpty && session.released.isEmpty, "an exchange was not completed")
        player.queue([0xE0, 0], .disconnect)
        deliver(player, .max)
    }

    private func acknowledgeAll(_ player: Player) {
        while !player.toAcknowledge.isEmpty { acknowledge(player, 0) }
    }

    /// Answers the one at this place.
    func acknowledge(_ player: Player, _ index: Int) {
        guard !player.toAcknowledge.isEmpty else { return }
        let (type, id) = player.toAcknowledge.remove(at: index % player.toAcknowledge.count)
        let packet = Wire.packet(type, Wire.number(id))
        switch type {
        case 0x40: player.queue(packet, .puback(id))
        case 0x50: player.queue(packet, .pubrec(id))
        default: player.queue(packet, .pubcomp(id))
        }
    }
}
