package com.amazonaws.services.lambda.runtime;

/** The identity of a mobile application's user; a core knows none. */
public interface CognitoIdentity {
    String getIdentityId();

    String getIdentityPoolId();
}
