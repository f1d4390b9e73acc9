"""The parts of the Python function runtime. `lambda_runtime.py` puts them together.

Every module here is loaded before a function answers its first event, so each imports only what that needs:
C modules (`_socket`, `_thread`, `_signal`) in place of the standard library's larger wrappers, `json`, `traceback`
and `logging` when the first use of them comes. It all runs on Python 2.7 and on every 3.x since 3.6.
"""
