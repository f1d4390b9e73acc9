package com.amazonaws.greengrass.common;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a function's ARN, {@code arn:{partition}:lambda:{region}:{account}:function:{name}[:{qualifier}]}. Those of
 * the core's own services have neither region nor account.
 */
public final class FunctionArnFields {
    private static final Pattern ARN = Pattern.compile(
        "arn:(aws|aws-cn|aws-us-gov):lambda:([a-zA-Z0-9-]*):([a-zA-Z0-9]*):function:([a-zA-Z0-9_-]+)"
            + "(?::(\\$LATEST|[a-zA-Z0-9_-]+))?");

    private final String region;
    private final String accountId;
    private final String name;
    private final String qualifier;
    private final String unqualifiedArn;

    private FunctionArnFields(Matcher matcher) {
        region = matcher.group(2);
        accountId = matcher.group(3);
        name = matcher.group(4);
        qualifier = matcher.group(5);
        String arn = matcher.group();
        unqualifiedArn = qualifier == null ? arn : arn.substring(0, arn.length() - qualifier.length() - 1);
    }

    /** Parses an ARN. */
    public static FunctionArnFields fromString(String arn) throws InvalidArnException {
        Matcher matcher = ARN.matcher(arn == null ? "" : arn);
        if (!matcher.matches()) {
            throw new InvalidArnException("Cannot parse given string as a function ARN: " + arn);
        }
        return new FunctionArnFields(matcher);
    }

    public String getRegion() {
        return region;
    }

    public String getAccountId() {
        return accountId;
    }

    public String getName() {
        return name;
    }

    /** The version or alias; null where the ARN carries none. */
    public String getQualifier() {
        return qualifier;
    }

    public String getUnqualifiedArn() {
        return unqualifiedArn;
    }

    /** The ARN again, with its qualifier if it has one. */
    public String toArnString() {
        return qualifier == null ? unqualifiedArn : unqualifiedArn + ":" + qualifier;
    }

    @Override
    public String toString() {
        return toArnString();
    }
}
