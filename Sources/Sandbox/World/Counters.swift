/// What a sandbox has done since it started.
package struct Counters: Sendable, Equatable {
    /// Payments, purchases and subscriptions that were made.
    package var made = 0
    /// What happened to them.
    package var events = 0
    /// Requests with a callback.
    package var sent = 0
    /// Those that were answered 200.
    package var acknowledged = 0
    /// Those that were answered otherwise.
    package var refused = 0
    /// Those that were not answered.
    package var unanswered = 0
    /// Callbacks that were never sent, by misbehaviour.
    package var lost = 0
    package var duplicated = 0
    package var reordered = 0
    package var late = 0
    /// Successes that were taken back unmarked.
    package var regressed = 0
    /// Callbacks that were sent for the last time in vain.
    package var givenUp = 0
    /// Questions at the status endpoints.
    package var asked = 0
    /// Questions that were answered badly, by misbehaviour.
    package var misanswered = 0
}
