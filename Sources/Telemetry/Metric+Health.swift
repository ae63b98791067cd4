/// Metrics that the daemon reads from the ledger, the disk and itself at regular intervals. An unknown value is NaN: no
/// comparison with it holds.
extension Metric {
    /// Labels: account.
    package static let lastCallback = Metric(
        "paystate_last_callback_timestamp_seconds",
        .gauge,
        "When the account's last callback arrived; NaN if none has."
    )
    /// Labels: account.
    package static let usualSilence = Metric(
        "paystate_usual_silence_seconds",
        .gauge,
        "The longest without a callback that is usual at this hour of the week; NaN while too little is known."
    )
    /// Labels: account.
    package static let silent = Metric(
        "paystate_account_silent",
        .gauge,
        "1 if no callback has arrived for three times as long as usual; NaN while too little is known."
    )
    /// Labels: account.
    package static let pending = Metric(
        "paystate_pending",
        .gauge,
        "Payments that are pending, authorized or unknown."
    )
    /// Labels: account.
    package static let overdue = Metric(
        "paystate_overdue",
        .gauge,
        "Polls that are overdue."
    )
    /// Labels: account.
    package static let overdueSince = Metric(
        "paystate_overdue_since_timestamp_seconds",
        .gauge,
        "When the oldest overdue poll was due; NaN if none is overdue."
    )
    /// Labels: account.
    package static let unresolved = Metric(
        "paystate_unresolved",
        .gauge,
        "Payments, operations and checkouts that were given up on (unresolved)."
    )
    /// Labels: account.
    package static let openAlarms = Metric(
        "paystate_open_alarms",
        .gauge,
        "Open alarms, which wait for the operator."
    )
    /// Labels: account.
    package static let rejectedInLastHour = Metric(
        "paystate_rejected_last_hour",
        .gauge,
        "Rejected requests that were kept in the last hour."
    )
    /// Labels: account.
    package static let rejectionSpike = Metric(
        "paystate_rejection_spike",
        .gauge,
        "1 if many more requests are rejected than usual, or than are accepted."
    )
    /// Labels: account.
    package static let rejectedNotKept = Metric(
        "paystate_rejected_not_kept_last_day",
        .gauge,
        "Rejected requests of the last day that are not kept, because others needed their space."
    )
    /// Labels: kind, target.
    package static let undelivered = Metric(
        "paystate_undelivered",
        .gauge,
        "Callbacks that wait to be forwarded, or events that wait to be notified."
    )
    /// Labels: kind, target.
    package static let targetPaused = Metric(
        "paystate_target_paused",
        .gauge,
        "1 while the target is in trouble and nothing is delivered to it."
    )
    package static let healthTime = Metric(
        "paystate_health_timestamp_seconds",
        .gauge,
        "When the numbers about accounts were last read from the ledger."
    )
    package static let probeTime = Metric(
        "paystate_probe_timestamp_seconds",
        .gauge,
        "When a write last showed that the database can be written."
    )
    package static let pageCheckTime = Metric(
        "paystate_page_check_timestamp_seconds",
        .gauge,
        "When all pages of the database were last read; NaN if they never were."
    )
    package static let damaged = Metric(
        "paystate_database_damaged",
        .gauge,
        "1 if a page was found damaged then; NaN if they were never read."
    )
    package static let databaseSize = Metric(
        "paystate_database_size_bytes",
        .gauge,
        "The database file."
    )
    package static let logSize = Metric(
        "paystate_wal_size_bytes",
        .gauge,
        "The write-ahead log beside it."
    )
    package static let logReader = Metric(
        "paystate_wal_reader_process",
        .gauge,
        "The number of the process that reads the oldest view of the database, and so keeps the log from starting over; 0 if none does."
    )
    package static let logReaderLag = Metric(
        "paystate_wal_reader_behind_pages",
        .gauge,
        "Pages that were written to the log since that view began."
    )
    package static let diskFree = Metric(
        "paystate_disk_free_bytes",
        .gauge,
        "What the daemon may still write to the database's file system."
    )
    package static let diskSize = Metric(
        "paystate_disk_size_bytes",
        .gauge,
        "The database's file system."
    )
    /// Labels: version.
    package static let build = Metric(
        "paystate_build_info",
        .gauge,
        "1, with the version of the program."
    )
    package static let startTime = Metric(
        "process_start_time_seconds",
        .gauge,
        "When the process started."
    )
    package static let residentMemory = Metric(
        "process_resident_memory_bytes",
        .gauge,
        "Memory that the process holds."
    )

    static let health = [
        lastCallback, usualSilence, silent, pending, overdue, overdueSince, unresolved, openAlarms, rejectedInLastHour,
        rejectionSpike, rejectedNotKept, undelivered, targetPaused, healthTime, probeTime, pageCheckTime, damaged,
        databaseSize, logSize, logReader, logReaderLag,
        diskFree, diskSize,
        build, startTime,
        residentMemory,
    ]
}
