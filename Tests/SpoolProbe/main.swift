// Accepts messages as fast as it can until it is killed, and prints the number of the last one that was accepted.
// Usage: spoolprobe FOLDER FIRST MARK
import CFaults
import Linux
import Messaging
import SpoolSupport

let arguments = CommandLine.arguments
guard arguments.count == 4, let first = UInt64(arguments[2]), let mark = marking_map(arguments[3]) else {
    fatalError("spoolprobe FOLDER FIRST MARK")
}
marking_install(mark)
var settings = SpoolSettings(storage: .folder(arguments[1]), maximumBytes: 1 << 30)
settings.fileSystem = "marking"
let world = try SpoolWorld(settings)

/// Tells each step of the ledger, with a system call: what was told before a kill was accepted before it.
final class Teller: AcceptanceObserver {
    var numbers: [(ticket: Ticket, number: UInt64)] = []

    func settled(through ticket: Ticket) {
        var last: UInt64 = 0
        while let next = numbers.first, next.ticket <= ticket { last = numbers.removeFirst().number }
        if last > 0 { IO.print("\(last)\n") }
    }
}

let teller = Teller()
world.router.ledger.observe(teller)
IO.print("ready\n")
var number = first
while true {
    while teller.numbers.count < 64 {
        let size = 8 + Int(number % 7) * 60
        let ticket = world.publish(number, size: size).ticket
        teller.numbers.append((ticket, number))
        number += 1
    }
    try world.reactor.turn(waiting: true)
}
