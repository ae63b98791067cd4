import Gateways
package import Payments

extension World {
    /// Puts a notice into the outbox: not at all if it is lost, more than once if it is duplicated.
    ///
    /// All chance is drawn whatever becomes of it, so that a payment leads the same life with and without misbehaviour.
    mutating func post(_ notice: Notice, about entry: inout Entry, at now: Timestamp) {
        let isLost = entry.chance.happens(misbehaviour.lose)
        let isReordered = entry.chance.happens(misbehaviour.reorder)
        let isDuplicated = entry.chance.happens(misbehaviour.duplicate)
        let isLate = entry.chance.happens(misbehaviour.late)
        let delay = settings.scaled(entry.chance.seconds(1...120))
        let soon = settings.scaled(entry.chance.seconds(0...5))
        let later = settings.scaled(entry.chance.seconds(120...600))

        guard settings.accounts[entry.account].callbacks != nil else { return }
        guard !isLost || !(notice.isReachable || misbehaviour.losesForGood) else {
            counters.lost += 1
            entry.record(
                DeliveryRecord(at: now, subject: notice.subject, status: notice.status, attempt: 0, delivery: .lost)
            )
            return
        }
        let letter = letter(of: notice, about: &entry)
        var copy = letter
        copy.isCopy = true
        let departure = isReordered ? now + delay : now
        send(letter, about: &entry, at: departure)
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

    private mutating func send(_ letter: Letter, about entry: inout Entry, at moment: Timestamp) {
        entry.letters += 1
        outbox.insert(letter, at: moment)
    }

    private func letter(of notice: Notice, about entry: inout Entry) -> Letter {
        entry.lastLetter += 1
        let body =
            switch settings.accounts[entry.account].keys {
            case .ecommpay(_, let secret): notice.body.signed(with: secret)
            case .ecomcharge: notice.body
            }
        return Letter(
            entry: entry.number,
            account: entry.account,
            subject: notice.subject,
            status: notice.status,
            body: body.bytes,
            schedule: notice.schedule,
            number: entry.lastLetter
        )
    }

    /// Takes out a letter that is to be sent now. What comes of it must be told to ``note(_:of:at:)``.
    package mutating func nextLetter(at now: Timestamp) -> Letter? {
        guard !misbehaviour.outage, underWay < settings.connections else { return nil }
        guard var letter = outbox.pop(dueAt: now)?.element else { return nil }
        underWay += 1
        letter.attempts += 1
        return letter
    }

    /// Notes what came of sending a letter; anything but a 200 makes it come again, until the gateway gives up.
    package mutating func note(_ delivery: Delivery, of letter: Letter, at now: Timestamp) {
        underWay -= 1
        counters.count(delivery)
        guard var entry = entries[letter.entry] else { return }
        entry.letters -= 1
        entry.record(
            DeliveryRecord(
                at: now,
                subject: letter.subject,
                status: letter.status,
                attempt: letter.attempts,
                delivery: delivery
            )
        )
        if delivery != .answered(status: 200), !letter.isCopy {
            var chance = Chance(seed: settings.seed, stream: letter.entry, letter.number, letter.attempts)
            if let pause = letter.schedule.pause(before: letter.attempts, using: &chance) {
                send(letter, about: &entry, at: now + settings.scaled(pause))
            } else {
                counters.givenUp += 1
            }
        }
        entries[letter.entry] = entry
        rest(letter.entry, at: now)
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
