/// What every row that is recorded has in common: the account, the evidence that brings it, and where it is written.
struct RecordContext {
    let account: AccountRow
    let evidence: EvidenceID
    let statements: any Statements
    let numbers: RowNumbers
}
