import Foundation

/// The real program, run to its end without a terminal.
struct FinishedCommand {
    let status: Int32
    let output: String
    let errors: String

    /// - Parameter folder: the working directory.
    init(_ arguments: [String], in folder: URL = FileManager.default.temporaryDirectory) throws {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        process.executableURL = DaemonProcess.products.appending(path: "paystate")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "COLUMNS" }
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let texts = try [output, errors].map { pipe in
            String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        }
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = texts[0]
        self.errors = texts[1]
    }
}
