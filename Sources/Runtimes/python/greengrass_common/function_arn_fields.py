"""The parts of a Lambda function ARN: `arn:{partition}:lambda:{region}:{account}:function:{name}[:{qualifier}]`."""

_PARTITIONS = ('aws', 'aws-cn', 'aws-us-gov')
_LETTERS_AND_DIGITS = frozenset('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')
_NAME_CHARACTERS = _LETTERS_AND_DIGITS | frozenset('-_')
_REGION_CHARACTERS = _LETTERS_AND_DIGITS | frozenset('-')
_NOT_AN_ARN = 'Cannot parse given string as a function ARN.'


def _consists_of(text, characters):
    return bool(text) and characters.issuperset(text)


class FunctionArnFields(object):
    """A parsed function ARN. `qualifier` is None when the ARN carries none."""

    def __init__(self, function_arn_string):
        self.parse_function_arn(function_arn_string)

    def parse_function_arn(self, function_arn_string):
        """Fills this object from an ARN; ValueError when the string is none."""
        try:
            parts = function_arn_string.split(':')
        except AttributeError:
            raise ValueError(_NOT_AN_ARN)
        if len(parts) not in (7, 8):
            raise ValueError(_NOT_AN_ARN)
        scheme, partition, service, region, account_id, kind, name = parts[:7]
        qualifier = parts[7] if len(parts) == 8 else None
        well_formed = (
            scheme == 'arn' and service == 'lambda' and kind == 'function' and partition in _PARTITIONS
            and _consists_of(region, _REGION_CHARACTERS)
            and _consists_of(account_id, _LETTERS_AND_DIGITS)
            and _consists_of(name, _NAME_CHARACTERS)
            and (qualifier is None or qualifier == '$LATEST' or _consists_of(qualifier, _NAME_CHARACTERS))
        )
        if not well_formed:
            raise ValueError(_NOT_AN_ARN)
        self.region = region
        self.account_id = account_id
        self.name = name
        self.qualifier = qualifier
        self.unqualified_arn = ':'.join(parts[:7])

    def to_arn_string(self):
        """The ARN again, with its qualifier if it has one."""
        return FunctionArnFields.build_function_arn(self.unqualified_arn, self.qualifier)

    @staticmethod
    def build_function_arn(unqualified_arn, qualifier):
        """`unqualified_arn`, followed by the qualifier unless that is empty or None."""
        if qualifier:
            return '{}:{}'.format(unqualified_arn, qualifier)
        return unqualified_arn

    @staticmethod
    def build_arn_string(region, account_id, name, qualifier):
        """An ARN in partition `aws`. Deprecated: it cannot name another partition; use `build_function_arn`."""
        import warnings
        warnings.warn('build_arn_string is deprecated, use build_function_arn', DeprecationWarning, stacklevel=2)
        unqualified_arn = 'arn:aws:lambda:{}:{}:function:{}'.format(region, account_id, name)
        return FunctionArnFields.build_function_arn(unqualified_arn, qualifier)
