/// Who may read the files that hold secrets.
package struct SecretsCheck {
    package static let name = "secrets"

    package static func findings(_ paths: [String]) -> [Finding] {
        guard !paths.isEmpty else {
            return [
                Finding(name, .skipped, "the configuration names no file with a secret that can be found from here")
            ]
        }
        let judged = paths.map { (path: $0, status: FileStatus(of: $0)) }
        let bad = judged.compactMap { path, status -> Finding? in
            guard let status, status.mode & 0o006 != 0 else { return nil }
            let advice =
                "chmod 0640 \(path), or load it as a credential; then change the secret: somebody may have read it"
            return Finding(
                name,
                .failure,
                "\(path) is \(PermissionsCheck.octal(status.mode)) \(status.owner): every user may read or write it",
                advice: advice
            )
        }
        guard bad.isEmpty else { return bad }
        let hidden = judged.filter { $0.status == nil }.map(\.path)
        guard hidden.isEmpty else {
            return [
                Finding(name, .skipped, "\(hidden.joined(separator: ", ")): missing, or not for this user to look at")
            ]
        }
        return [Finding(name, .ok, "\(paths.count) files, none of which every user may read")]
    }
}
