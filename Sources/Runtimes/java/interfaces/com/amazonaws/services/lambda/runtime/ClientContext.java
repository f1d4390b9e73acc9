package com.amazonaws.services.lambda.runtime;

import java.util.Map;

/** What came with an invocation. */
public interface ClientContext {
    Client getClient();

    Map<String, String> getCustom();

    Map<String, String> getEnvironment();
}
