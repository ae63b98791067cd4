/// Runs each job at once, on the thread that has made it ready.
///
/// What waits for a commit is continued by the writer's thread: with this executor everything happens there, so which
/// callbacks share a transaction does not depend on time.
final class InlineExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        job.runSynchronously(on: asUnownedTaskExecutor())
    }
}
