import LosslessJSON

/// What a shop's plugin has done since it started.
package struct PluginCounters: Sendable, Equatable {
    /// Requests with a callback or an event.
    package internal(set) var requests = 0
    /// Callbacks that were answered with 200.
    package internal(set) var callbacks = 0
    /// Events that were answered with 200, and were newer than those before.
    package internal(set) var events = 0
    /// Events that were not newer.
    package internal(set) var repeatedEvents = 0
    /// Requests that were not authentic, or said nothing.
    package internal(set) var refused = 0
    /// Requests that were treated badly, because of misbehaviour.
    package internal(set) var mistreated = 0

    var json: JSON {
        [
            "requests": .integer(requests), "callbacks": .integer(callbacks), "events": .integer(events),
            "repeated_events": .integer(repeatedEvents), "refused": .integer(refused),
            "mistreated": .integer(mistreated),
        ]
    }
}
