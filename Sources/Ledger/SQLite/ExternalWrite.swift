/// What another program has done to the files; only the writer may change them.
package enum ExternalWrite: Sendable, Equatable {
    /// Another program has committed something.
    case foreignCommit
    /// Files of the database were moved, removed or replaced: what is recorded goes where no one will look for it.
    case filesAreGone(MissingFiles)
}
