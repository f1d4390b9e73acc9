// SQLite, and inline forms of what Swift cannot import: variadic functions and casts. No logic lives here.
#ifndef PERENNIAL_CSQLITE_H
#define PERENNIAL_CSQLITE_H

#include <sqlite3.h>

// The small blocks that a connection allocates beforehand cost more memory than they save time here.
static inline void csqlite_without_lookaside(sqlite3 *database) {
    sqlite3_db_config(database, SQLITE_DBCONFIG_LOOKASIDE, (void *)0, 0, 0);
}

// SQLite keeps a copy of the bytes.
static inline int csqlite_bind_bytes(sqlite3_stmt *statement, int index, const void *bytes, int count) {
    if (count == 0) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

#endif
