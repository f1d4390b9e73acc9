// What Swift cannot import: functions with variable arguments.
#ifndef PERENNIAL_GREENGRASSSDK_SWIFT_H
#define PERENNIAL_GREENGRASSSDK_SWIFT_H

#include "greengrasssdk.h"

static inline gg_error greengrass_log(gg_log_level level, const char *line) { return gg_log(level, "%s", line); }

#endif
