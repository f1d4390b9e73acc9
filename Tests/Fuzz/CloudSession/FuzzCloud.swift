import Bytes
import MQTT

// Input: the limits, then what the cloud, the time and the core do, one after the other.
//
// Properties: nothing traps; see Tests/Fuzz/CloudSession/Game.swift for what is sent and told, and
// Tests/Fuzz/CloudSession/Game+Cloud.swift for what a cloud may do without the session being given up.

private func act(_ game: Game, _ script: inout Script) {
    let choice = script.next()
    switch choice & 15 {
    case 0: game.connack(script.next())
    case 1, 2: game.puback(script.next())
    case 3: game.answerFilters(script.next())
    case 4: game.message(script.next())
    case 5: game.answerPing()
    case 6: game.wild(script.next(script.next() & 31))
    case 7, 8: game.publish(script.next())
    case 9: game.subscribe(script.next())
    case 10: game.unsubscribe(script.next())
    case 11: game.acknowledge(script.next())
    case 12: game.wait(script.next(), unsent: script.next())
    case 13: game.deliver(script.next() & 15 + 1)
    case 14: choice & 16 == 0 ? game.heard() : game.turnIdentifiers()
    default: if choice & 0x70 == 0x70 { game.end() }
    }
    // Most of what the cloud sends comes at once; some waits, to be cut or to come together.
    if choice & 0x80 == 0 { game.deliver(.max) }
    game.check()
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    var script = Script(UnsafeBufferPointer(start: data, count: size))
    let game = Game(script.next())
    while !script.isOver { act(game, &script) }
    game.finish()
    return 0
}
