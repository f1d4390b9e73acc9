/// What the storage is to do for one queue, in one turn.
struct QueueWork {
    var insert = MessageFifo()
    var insertThrough: UInt64?
    var deleteThrough: UInt64?
    /// What is on the disk only: what is displaced and loaded is its beginning.
    var gap = StoredQueue.Gap()
    /// Bytes to displace there.
    var excess: Int64 = 0
    /// Bytes to load at most; 0 loads nothing.
    var load: Int64 = 0

    var writes: Bool { insertThrough != nil || deleteThrough != nil }
    var reads: Bool { excess > 0 || load > 0 }
}

/// What it did.
struct QueueResult {
    var inserted: Int64 = 0
    var deleted: Int64 = 0
    var evicted: Int64 = 0
    var evictedBytes: Int64 = 0
    var evictedThrough: UInt64 = 0
    var loaded = MessageFifo()
    /// Whether there was nothing more to load.
    var loadedAll = false
}

/// What was found in a file when it was opened.
struct FoundRows {
    var count: Int64 = 0
    var bytes: Int64 = 0
}

/// A file that was put aside because it could not be used.
struct SetAside {
    let error: String
    /// Its new name.
    let path: String
}
