import ConfigurationFile
import Foundation
import Glibc
import Telemetry

/// Checks who may read the files that hold secrets.
package struct SecretsCheck {
    package static let name = "secrets"

    package static func findings(_ paths: [String]) -> [Finding] {
        let paths = Set(paths.flatMap { files(at: $0) }).sorted()
        guard !paths.isEmpty else {
            return [
                Finding(name, .skipped, "the configuration names no file with a secret that can be found by this user")
            ]
        }
        // Nothing is known about a folder that this user may not look into.
        let judged = paths.map { (path: $0, status: isFolder($0) ? nil : FileStatus(of: $0)) }
        let bad = judged.compactMap { path, status -> Finding? in
            guard let status, status.mode & 0o006 != 0, isOpen(theWayTo: path) else { return nil }
            let advice =
                "chmod 0640 \(path), or load it as a credential; then change the secret: it may have been read"
            return Finding(
                name,
                .failure,
                "\(path) is \(PermissionsCheck.octal(status.mode)) \(status.owner): every user may read or write it",
                advice: advice
            )
        }
        let missing = judged.filter { isMissing($0.path) }.map { path, _ in
            let advice =
                "put it back (a folder of secrets: `install -d -m 700 \(path)`), then `systemctl restart paystate`"
            return Finding(name, .failure, "\(path) is missing", advice: advice)
        }
        guard bad.isEmpty, missing.isEmpty else { return bad + missing }
        let hidden = judged.filter { $0.status == nil }.map(\.path)
        guard hidden.isEmpty else {
            return [
                Finding(name, .skipped, "\(hidden.joined(separator: ", ")): cannot be examined by this user")
            ]
        }
        return [Finding(name, .ok, "\(Approximate.count(paths.count, "file")), none of which every user may read")]
    }

    /// The files of a folder, all of which a unit loads under the name of the folder; else the file itself.
    private static func files(at path: String) -> [String] {
        guard isFolder(path), FileManager.default.isReadableFile(atPath: path) else { return [path] }
        return (FileManager.default.subpaths(atPath: path) ?? []).map { "\(path)/\($0)" }.filter { !isFolder($0) }
    }

    /// Whether a file is certainly missing. A file that this user may not look at counts as present.
    private static func isMissing(_ path: String) -> Bool {
        access(path, F_OK) != 0 && errno == ENOENT
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Whether every user may pass through all the folders above a file.
    private static func isOpen(theWayTo path: String) -> Bool {
        var folder = URL(filePath: path).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder = folder.deletingLastPathComponent()
            if let status = FileStatus(of: folder.path), status.mode & 0o001 == 0 { return false }
        }
        return true
    }
}
