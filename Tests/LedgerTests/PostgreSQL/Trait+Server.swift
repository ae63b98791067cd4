import TestSupport
import Testing

extension Trait where Self == ConditionTrait {
    static var needsServer: Self { .enabled(if: TestEngine.isPostgreSQL, "PAYSTATE_POSTGRESQL names no server") }
}
