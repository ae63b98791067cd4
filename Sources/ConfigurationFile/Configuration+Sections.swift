import Payments

extension Configuration.Limits {
    init(_ item: YAMLValue, _ reader: inout ConfigurationReader) {
        let section = reader.section(item, of: ["body", "connections", "request_time", "queue"])
        reader.readSize(section["body"], into: &body, in: 1...64 << 20)
        reader.read(section["connections"], into: &connections, in: 1...1_000_000)
        reader.read(section["request_time"], into: &requestTime)
        reader.read(section["queue"], into: &queue, in: 1...1_000_000)
    }
}

extension Configuration.Reconcile {
    init(_ item: YAMLValue, _ reader: inout ConfigurationReader) {
        let section = reader.section(
            item,
            of: [
                "first_after", "schedule", "give_up_after", "authorized_every", "second_look", "audit",
                "requests_per_second", "concurrency",
            ]
        )
        reader.read(section["first_after"], into: &schedule.firstAfter, isZeroAllowed: true)
        reader.read(section["schedule"], into: &schedule.steps, isNoneAllowed: false)
        reader.read(section["give_up_after"], into: &schedule.giveUpAfter)
        reader.read(section["authorized_every"], into: &schedule.authorizedEvery)
        reader.read(section["second_look"], into: &schedule.secondLook, isZeroAllowed: true)
        reader.read(section["audit"], into: &schedule.audit, isNoneAllowed: true)
        reader.read(section["requests_per_second"], into: &requestsPerSecond, in: 1...10_000)
        reader.read(section["concurrency"], into: &concurrency, in: 1...10_000)
    }
}

extension Configuration.Retention {
    init(_ item: YAMLValue, _ reader: inout ConfigurationReader) {
        let section = reader.section(item, of: ["bodies", "rejected", "rejected_rows", "rejected_bytes"])
        reader.read(section["bodies"], into: &bodies)
        reader.read(section["rejected"], into: &rejected)
        reader.read(section["rejected_rows"], into: &rejectedRows, in: 0...1_000_000_000)
        reader.readSize(section["rejected_bytes"], into: &rejectedBytes, in: 0...1 << 40)
    }
}
