#include <sqlite3.h>

/// Has SQLite count no memory: it would take a lock for each allocation, some hundred times for each callback.
/// sqlite3_config() is variadic, and cannot be called from Swift. It has no effect once SQLite is in use.
static inline int sqlite3_config_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
