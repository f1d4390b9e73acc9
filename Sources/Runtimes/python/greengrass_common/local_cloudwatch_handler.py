"""The name under which the oldest runtimes had the log handler."""

from greengrass_common.common_log_appender import LocalCloudwatchLogHandler  # noqa: F401
