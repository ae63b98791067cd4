import ArgumentParser
import Foundation

/// The daemon to measure, and the disk to use.
struct DaemonOptions: ParsableArguments {
    @Option(help: "The daemon. (default: the `paystate` beside this program)")
    var daemon: String?

    @Option(help: "Where the database lies meanwhile: a folder on the disk that is meant, not in memory.")
    var folder = "var"

    func validate() throws {
        guard FileManager.default.isExecutableFile(atPath: binary.path) else {
            throw ValidationError("there is no daemon at \(binary.path): build it, or name it with --daemon")
        }
    }

    var binary: URL {
        let beside = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "paystate")
        return daemon.map { URL(filePath: $0) } ?? beside
    }
}
