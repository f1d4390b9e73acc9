package com.amazonaws.services.lambda.runtime;

/** The application that made an invocation. */
public interface Client {
    String getInstallationId();

    String getAppTitle();

    String getAppVersionName();

    String getAppVersionCode();

    String getAppPackageName();
}
