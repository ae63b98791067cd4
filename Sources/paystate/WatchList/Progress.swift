import Foundation

/// A line on standard error that is redrawn in place, some times a second.
final class Progress {
    private let isShown: Bool
    private var drawnAt: ContinuousClock.Instant?

    init(isShown: Bool) {
        self.isShown = isShown
    }

    func show(_ text: () -> String) {
        let now = ContinuousClock.now
        guard isShown, drawnAt.map({ $0 + .milliseconds(100) <= now }) ?? true else { return }
        write("\r\(text())\u{1B}[K")
        drawnAt = now
    }

    func clear() {
        guard drawnAt != nil else { return }
        write("\r\u{1B}[K")
        drawnAt = nil
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
