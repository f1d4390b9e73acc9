import Linux

// Input: the kind of limits and the window, then what the clients do, one after the other.
//
// Properties: nothing traps; what the broker sends are packets of a server; every answer comes, in order, and no other;
// packet identifiers under way are unique; a QoS 1 or 2 message reaches every session that had subscribed to it, QoS 2
// exactly once, and one that is sent again has its identifier and DUP; nobody is cut off without a reason; memory stays
// within the limits, and nothing is left when all are gone.

private let names = ["a", "b", "c", "d"]

private func connect(_ game: Game, _ player: Player, _ number: Int, _ script: inout Script) {
    game.drop(player)
    player.connect()
    let choice = script.next()
    let clientID = choice & 0x40 != 0 ? names[choice >> 4 & 3] : names[number]
    let clean = choice & 1 != 0
    let keepAlive: UInt16 = choice & 2 != 0 ? UInt16(choice >> 4 & 7) : 0
    var will: Message?
    if choice & 4 != 0 { will = message(game, script.next()) }
    player.queue(
        Wire.connect(clientID, clean: clean, keepAlive: keepAlive, will: will),
        .connect(clientID: clientID, clean: clean, keepAlive: keepAlive, will: will))
    if choice & 8 == 0 { game.deliver(player, .max) }
}

private func message(_ game: Game, _ choice: Int) -> Message {
    game.model.newMessage(
        topic: choice % 5, qos: UInt8(choice / 5 % 3), retain: choice & 0x80 != 0, padding: choice & 0x40 != 0 ? 40 : 0)
}

private func publish(_ game: Game, _ player: Player, _ script: inout Script) {
    let message = message(game, script.next())
    let id = message.qos > 0 ? player.newID() : 0
    player.queue(Wire.publish(message, id: id), .publish(message, id: id))
    guard message.qos == 2 else { return }
    let choice = script.next()
    if choice & 1 != 0 { player.queue(Wire.publish(message, id: id, duplicate: true), .publish(message, id: id)) }
    if choice & 2 == 0 { player.queue(Wire.packet(0x62, Wire.number(id)), .pubrel(id)) }
}

private func act(_ game: Game, _ script: inout Script) {
    let choice = script.next()
    let number = choice & 3
    let player = game.players[number]
    switch choice >> 2 & 15 {
    case 0: return connect(game, player, number, &script)
    case 1:
        let filter = script.next()
        let id = player.newID()
        var requests = [(filter: filter & 7, qos: UInt8((filter >> 3) % 3))]
        if filter & 0x80 != 0 { requests.append((filter: (filter >> 1) & 7, qos: UInt8((filter >> 4) % 3))) }
        player.queue(
            Wire.packet(0x82, Wire.number(id) + requests.flatMap { Wire.filterFields[$0.filter] + [$0.qos] }),
            .subscribe(id: id, requests))
    case 2:
        let filter = script.next() & 7
        let id = player.newID()
        player.queue(
            Wire.packet(0xA2, Wire.number(id) + Wire.filterFields[filter]), .unsubscribe(id: id, filter: filter))
    case 3, 4, 5: publish(game, player, &script)
    case 6: game.acknowledge(player, script.next())
    case 7: for _ in 0..<player.toAcknowledge.count { game.acknowledge(player, 0) }
    case 8: player.queue([0xC0, 0], .ping)
    case 9: player.queue([0xE0, 0], .disconnect)
    case 10: return game.drop(player)
    case 11:
        let time = Int64(script.next())
        return game.wait(time * time * 10_000_000)
    case 12:
        let bytes = script.next(script.next() & 31)
        if !bytes.isEmpty { player.queue(bytes, .none) }
    case 13:
        player.isPaused.toggle()
        player.connection?.room = player.isPaused ? script.next() + 1 : 1 << 20
    case 14: return game.deliver(player, script.next() & 15 + 1)
    default: break
    }
    // Most packets go at once; others wait, to be cut or to come together.
    if choice & 0x80 == 0 { game.deliver(player, .max) }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    var script = Script(UnsafeBufferPointer(start: data, count: size))
    let kind = script.next()
    let game = Game(narrow: kind & 1 != 0, window: kind >> 1 & 7 + 1)
    while !script.isOver { act(game, &script) }
    game.finish()
    return 0
}
