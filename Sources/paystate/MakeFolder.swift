import Foundation

/// Makes a folder of the working directory unless it is there, or says why that is impossible and what to do.
func makeFolder(_ path: String) throws {
    do {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
        let place = FileManager.default.currentDirectoryPath
        complain(
            "cannot make the folder \(path) in \(place): go to a folder in which you may write, and where no file has that name"
        )
        throw SysExit.cannotCreate
    }
}
