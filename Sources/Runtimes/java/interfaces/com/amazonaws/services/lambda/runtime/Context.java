package com.amazonaws.services.lambda.runtime;

/**
 * What a handler may ask of its invocation. These interfaces have the names of aws-lambda-java-core's, for functions that
 * were compiled against it and do not bring it along; one that a function brings comes first on the class path.
 */
public interface Context {
    String getAwsRequestId();

    String getLogGroupName();

    String getLogStreamName();

    String getFunctionName();

    String getFunctionVersion();

    String getInvokedFunctionArn();

    CognitoIdentity getIdentity();

    ClientContext getClientContext();

    int getRemainingTimeInMillis();

    int getMemoryLimitInMB();

    LambdaLogger getLogger();
}
