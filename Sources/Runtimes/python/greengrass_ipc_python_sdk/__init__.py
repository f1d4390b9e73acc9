"""The core's local protocol, from a function's side."""

from greengrass_ipc_python_sdk.ipc_client import IPCClient, IPCException  # noqa: F401
