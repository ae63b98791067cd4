/// The name and meaning of a metric.
package struct Metric: Sendable {
    package enum Kind: Sendable {
        case counter
        case gauge
        /// With the upper bounds of its buckets, ascending.
        case histogram([Double])
    }

    package let name: String
    package let help: String
    package let kind: Kind

    package init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }
}

/// Paystate's own metrics. A label's value is an account, or a word of ours: never anything that came with a request,
/// because each value is kept as long as the process lives.
extension Metric {
    /// Labels: account, verdict, effect.
    package static let callbacks = Metric(
        "paystate_callbacks_total",
        .counter,
        "Authentic callbacks."
    )
    /// Labels: reason.
    package static let rejected = Metric(
        "paystate_rejected_total",
        .counter,
        "Rejected requests."
    )
    /// Labels: status.
    package static let responses = Metric(
        "paystate_http_responses_total",
        .counter,
        "Responses of the public listener."
    )
    /// Labels: account, outcome.
    package static let polls = Metric(
        "paystate_polls_total",
        .counter,
        "Polls of the gateways' status endpoints."
    )
    /// Labels: account.
    package static let paused = Metric(
        "paystate_account_paused",
        .gauge,
        "1 while the account's gateway is in trouble and polling is paused."
    )
    package static let pollingHalted = Metric(
        "paystate_asking_halted",
        .gauge,
        "1 while polling is halted because the disk is short of room or the database cannot be written."
    )
    package static let batchSize = Metric(
        "paystate_batch_size",
        .histogram(sizes),
        "Callbacks in one transaction."
    )
    package static let commitSeconds = Metric(
        "paystate_commit_seconds",
        .histogram(seconds),
        "From the beginning of a transaction until it is durable."
    )
    package static let queueDepth = Metric(
        "paystate_queue_depth",
        .gauge,
        "Callbacks that wait to be committed."
    )
    package static let acknowledgementSeconds = Metric(
        "paystate_acknowledgement_seconds",
        .histogram(seconds),
        "From a callback's last byte to its response."
    )
    package static let connections = Metric(
        "paystate_connections",
        .gauge,
        "Open connections of the public listener."
    )
    package static let connectionsLimit = Metric(
        "paystate_connections_limit",
        .gauge,
        "How many connections the public listener may have open at once (limits.connections)."
    )
    package static let idleConnectionsClosed = Metric(
        "paystate_idle_connections_closed_total",
        .counter,
        "Idle connections that were closed for new ones, because the limit was reached."
    )
    package static let reloaded = Metric(
        "paystate_config_last_reload_successful",
        .gauge,
        "0 if the last reload of the configuration failed, so that an older one stays in effect."
    )
    /// Absent if the public listener has no certificate.
    package static let certificateExpiry = Metric(
        "paystate_tls_certificate_expiry_timestamp_seconds",
        .gauge,
        "When the first of the public listener's certificates expires, in seconds since 1970."
    )
    /// Absent with a ledger in a file, which no other receiver shares. Labels: name.
    package static let leaseHeld = Metric(
        "paystate_lease_held",
        .gauge,
        "1 while this receiver holds the lease, so that it does what only one receiver should."
    )
    /// Absent with a ledger in a file.
    package static let databaseConnected = Metric(
        "paystate_database_connected",
        .gauge,
        "1 while the database server can be written; while it is 0, callbacks are answered 503."
    )
    /// Absent with a ledger in a file.
    package static let databaseReconnects = Metric(
        "paystate_database_reconnects_total",
        .counter,
        "Connections to the database server that were opened again, because the one before was lost."
    )

    /// Labels: kind, target, outcome.
    package static let deliveries = Metric(
        "paystate_deliveries_total",
        .counter,
        "Attempts to forward a callback or to notify of a transition."
    )
    /// Labels: kind, target.
    package static let deliverySeconds = Metric(
        "paystate_delivery_seconds",
        .histogram(seconds),
        "From a request to a target until the end of its answer."
    )

    package static let all =
        [
            callbacks, rejected, responses, polls, paused, pollingHalted, batchSize, commitSeconds, queueDepth,
            acknowledgementSeconds, connections, connectionsLimit, idleConnectionsClosed, reloaded, certificateExpiry,
            leaseHeld, databaseConnected, databaseReconnects, deliveries, deliverySeconds,
        ] + health

    /// Histogram bounds in seconds, from a fast disk's fsync to a gateway's timeout.
    package static let seconds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    static let sizes: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
}
