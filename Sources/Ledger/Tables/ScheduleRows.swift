import Payments

/// A schedule, and the position among all evidence from which on it was in force.
struct StoredSchedule {
    let schedule: PollSchedule
    let position: EvidencePosition
}

/// The rows of the polling schedules that have been in force: the effect of an answer depends on them.
enum ScheduleRows {
    static let lastOne: StaticString = """
        SELECT after_callback, after_poll, after_instruction, first_after, steps, give_up_after, authorized_every,
               second_look, audit
        FROM schedule ORDER BY id DESC LIMIT 1
        """

    static func record(_ schedule: PollSchedule, at position: EvidencePosition, in statements: any Statements) throws {
        try statements.execute(
            """
            INSERT INTO schedule (after_callback, after_poll, after_instruction, first_after, steps, give_up_after,
                                  authorized_every, second_look, audit)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                position.callback, position.poll, position.instruction, schedule.firstAfter.wholeMilliseconds,
                text(schedule.steps), schedule.giveUpAfter.wholeMilliseconds,
                schedule.authorizedEvery.wholeMilliseconds, schedule.secondLook.wholeMilliseconds, text(schedule.audit),
            ]
        )
    }

    static func last(in statements: any Statements) throws -> StoredSchedule? {
        try statements.row(
            lastOne
        ).map(StoredSchedule.init)
    }

    /// All schedules, in the order in which they came into force.
    static func all(in statements: any Statements) throws -> [StoredSchedule] {
        try statements.rows(
            """
            SELECT after_callback, after_poll, after_instruction, first_after, steps, give_up_after, authorized_every,
                   second_look, audit
            FROM schedule ORDER BY id
            """
        ).map(StoredSchedule.init)
    }

    private static func text(_ durations: [Duration]) -> String {
        durations.map { String($0.wholeMilliseconds) }.joined(separator: ",")
    }
}

extension StoredSchedule {
    fileprivate init(_ row: Row) {
        position = EvidencePosition(callback: row[0], poll: row[1], instruction: row[2])
        schedule = PollSchedule(
            firstAfter: .milliseconds(row[3] as Int64),
            steps: Self.durations(row[4]),
            giveUpAfter: .milliseconds(row[5] as Int64),
            authorizedEvery: .milliseconds(row[6] as Int64),
            secondLook: .milliseconds(row[7] as Int64),
            audit: Self.durations(row[8])
        )
    }

    private static func durations(_ text: String) -> [Duration] {
        text.split(separator: ",").compactMap { Int64($0) }.map { .milliseconds($0) }
    }
}
