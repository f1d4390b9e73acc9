extension FunctionDefinition {
    /// Environment variables that a function cannot set: they are how it reaches the core.
    public static let reservedVariables = [
        "MY_FUNCTION_ARN", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "ROUTER_FUNCTION_ARN", "SHADOW_FUNCTION_ARN", "SECRETS_MANAGER_FUNCTION_ARN", "ENCODING_TYPE",
        "GGC_MAX_INTERFACE_VERSION", "GG_DAEMON_PORT", "IPC_SOCK_FILE", "_GG_LOG_FD_INFO", "_GG_LOG_FD_ERROR",
        "_GG_LOG_FD_DEBUG", "_GG_LOG_FD_WARN", "_GG_LOG_FD_FATAL", "_GG_LOG_FD_TRACE", "AWS_GG_RESOURCE_PREFIX",
    ]
}
