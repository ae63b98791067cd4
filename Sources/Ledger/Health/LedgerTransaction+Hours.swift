import Payments

extension LedgerTransaction {
    func forgetHours(outside kept: Range<Int64>) throws {
        try statements.execute("DELETE FROM hour WHERE hour < ? OR hour >= ?", [kept.lowerBound, kept.upperBound])
    }

    func keep(_ hours: [HourlyStatistics]) throws {
        for hour in hours {
            try statements.execute(
                """
                INSERT INTO hour (hour, account, callbacks, longest_silence, changes, found_by_poll) VALUES (?, ?, ?, ?, ?, ?)
                """,
                [hour.hour, hour.account, hour.callbacks, hour.longestSilence, hour.changes, hour.foundByPoll]
            )
        }
    }

    /// Replaces an account's usual silences.
    ///
    /// - Parameter habits: those of one account.
    func keep(_ habits: [SilenceBaseline]) throws {
        guard let account = habits.first?.account else { return }
        try statements.execute("DELETE FROM habit WHERE account = ?", [account])
        for habit in habits {
            try statements.execute(
                "INSERT INTO habit (account, hour_of_week, usual_silence) VALUES (?, ?, ?)",
                [habit.account, habit.hourOfWeek, habit.usualSilence]
            )
        }
    }
}
