/// `severity` in the view `anomalies`: alarms want a person, notices are there to be found.
package enum Severity: String, Sendable, CaseIterable {
    case alarm
    case notice
}
