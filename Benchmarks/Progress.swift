import Foundation

/// Tells the person at the terminal what takes so long, on standard error.
enum Progress {
    static func say(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
