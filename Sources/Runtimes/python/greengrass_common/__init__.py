"""What functions and the public SDKs share with the core: names, ARNs, versions, logging.

Only the two light modules every function needs are imported here; the rest is loaded by its full name.
"""

from greengrass_common import env_vars  # noqa: F401  (older SDK copies read it from the package)
from greengrass_common.function_arn_fields import FunctionArnFields  # noqa: F401
