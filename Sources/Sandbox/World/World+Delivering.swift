import Gateways
import LosslessJSON
package import Payments

extension World {
    /// Puts a callback into the outbox: not at all if it is lost, more than once if it is duplicated.
    ///
    /// All random numbers are drawn in any case, so that a payment leads the same life with and without misbehaviour.
    mutating func post(_ draft: CallbackDraft, about entry: inout Entry, at now: Timestamp) {
        let isLost = entry.chance.happens(misbehaviour.lose)
        let isReordered = entry.chance.happens(misbehaviour.reorder)
        let isDuplicated = entry.chance.happens(misbehaviour.duplicate)
        let isLate = entry.chance.happens(misbehaviour.late)
        let delay = settings.scaled(entry.chance.seconds(1...120))
        let soon = settings.scaled(entry.chance.seconds(0...5))
        let later = settings.scaled(entry.chance.seconds(120...600))

        guard let target = entry.callbackURL ?? settings.accounts[entry.account].callbacks else { return }
        guard !isLost || !(draft.isReachable || misbehaviour.losesForGood) else {
            counters.lost += 1
            entry.record(
                DeliveryRecord(at: now, subject: draft.subject, status: draft.status, attempt: 0, delivery: .lost)
            )
            return
        }
        let callback = callback(of: draft, about: &entry, to: target)
        var copy = callback
        copy.isCopy = true
        let departure = isReordered ? now + delay : now
        send(callback, about: &entry, at: departure)
        if isReordered { counters.reordered += 1 }
        if isDuplicated {
            send(copy, about: &entry, at: departure + soon)
            counters.duplicated += 1
        }
        if isLate {
            send(copy, about: &entry, at: departure + later)
            counters.late += 1
        }
    }

    private mutating func send(_ callback: OutgoingCallback, about entry: inout Entry, at time: Timestamp) {
        entry.callbacks += 1
        outbox.insert(callback, at: time)
    }

    private func callback(of draft: CallbackDraft, about entry: inout Entry, to target: String) -> OutgoingCallback {
        entry.lastCallback += 1
        let body =
            switch settings.accounts[entry.account].keys {
            case .ecommpay(_, let secret): draft.body.signed(with: secret)
            case .ecomcharge: draft.body
            }
        return OutgoingCallback(
            entry: entry.number,
            account: entry.account,
            target: target,
            subject: draft.subject,
            status: draft.status,
            body: body.bytes,
            schedule: draft.schedule,
            number: entry.lastCallback
        )
    }

    /// Removes and returns a callback that is to be sent now. Its delivery must be passed to ``note(_:of:at:)``.
    package mutating func nextCallback(at now: Timestamp) -> OutgoingCallback? {
        guard !misbehaviour.outage, underWay < settings.connections else { return nil }
        guard var callback = outbox.pop(dueAt: now)?.element else { return nil }
        underWay += 1
        callback.attempts += 1
        return callback
    }

    /// Records the delivery of a callback; any result but a 200 makes it repeat, until the gateway gives up.
    package mutating func note(_ delivery: Delivery, of callback: OutgoingCallback, at now: Timestamp) {
        underWay -= 1
        counters.count(delivery)
        guard var entry = entries[callback.entry] else { return }
        entry.callbacks -= 1
        entry.record(
            DeliveryRecord(
                at: now,
                subject: callback.subject,
                status: callback.status,
                attempt: callback.attempts,
                delivery: delivery
            )
        )
        if delivery != .answered(status: 200), !callback.isCopy {
            var chance = SeededGenerator(
                seed: settings.seed,
                stream: callback.entry,
                callback.number,
                callback.attempts
            )
            if let pause = callback.schedule.pause(before: callback.attempts, using: &chance) {
                send(callback, about: &entry, at: now + settings.scaled(pause))
            } else {
                counters.givenUp += 1
            }
        }
        entries[callback.entry] = entry
        rest(callback.entry, at: now)
    }
}

extension Counters {
    fileprivate mutating func count(_ delivery: Delivery) {
        switch delivery {
        case .answered(status: 200): (sent, acknowledged) = (sent + 1, acknowledged + 1)
        case .answered: (sent, refused) = (sent + 1, refused + 1)
        case .unanswered: (sent, unanswered) = (sent + 1, unanswered + 1)
        case .lost: lost += 1
        }
    }
}
