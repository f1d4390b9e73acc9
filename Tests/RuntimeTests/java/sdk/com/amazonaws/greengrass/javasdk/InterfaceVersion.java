package com.amazonaws.greengrass.javasdk;

/** Stands in for the class of the same name in the public SDK, which no package here has. */
public final class InterfaceVersion {
    public static final String INTERFACE_VERSION = System.getProperty("test.interface", "1.5");

    private InterfaceVersion() {
    }
}
