import Bytes
import MQTT

/// What the sessions that the cloud keeps for this core may be subscribed to, by client ID: kept over a restart beside the
/// queue, so that a subscription which no row of the group wants any more can be taken back. The cloud cannot be asked.
public final class KeptSessions {
    /// One filter of one session, as it is stored.
    struct Entry: Equatable {
        let client: [UInt8]
        let filter: [UInt8]
    }

    private var filters: [String: Set<TopicFilter>] = [:]
    /// Counts the changes, and up to which of them the disk has all.
    private var changes: UInt64 = 0
    private var stored: UInt64 = 0
    var whenChanged: (() -> Void)?

    init() {}

    /// The client IDs of the sessions that may have subscriptions.
    var clients: [String] { filters.keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) } }

    /// What the session may be subscribed to, in a stable order.
    func filters(of client: String) -> [TopicFilter] {
        (filters[client] ?? []).sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// The session will be subscribed to these too.
    func add(_ new: [TopicFilter], to client: String) { set((filters[client] ?? []).union(new), client) }

    /// The session is subscribed to these no more.
    func remove(_ old: [TopicFilter], from client: String) { set((filters[client] ?? []).subtracting(old), client) }

    /// The session is new, and gets these.
    func replace(_ client: String, with all: [TopicFilter]) { set(Set(all), client) }

    private func set(_ new: Set<TopicFilter>, _ client: String) {
        guard new != filters[client] ?? [] else { return }
        filters[client] = new.isEmpty ? nil : new
        changes += 1
        whenChanged?()
    }

    // For the storage.

    /// All of it, where the disk has not; with what `isStored` wants to know.
    var unstored: (entries: [Entry], change: UInt64)? {
        if stored == changes { return nil }
        var entries: [Entry] = []
        for client in clients {
            for filter in filters(of: client) { entries.append(Entry(client: client.bytes, filter: filter.bytes)) }
        }
        return (entries, changes)
    }

    func isStored(_ change: UInt64) { stored = change }

    /// The file was replaced by an empty one.
    func lostFile() {
        if filters.isEmpty { return }
        changes += 1
    }

    /// What an earlier process has left.
    func found(_ entries: [Entry]) {
        for entry in entries {
            do throws(MQTTError) {
                filters[entry.client.text, default: []].insert(try TopicFilter(entry.filter))
            } catch {
                // It was written by another version that knew more of filters: nobody can unsubscribe from it here.
                continue
            }
        }
    }
}
