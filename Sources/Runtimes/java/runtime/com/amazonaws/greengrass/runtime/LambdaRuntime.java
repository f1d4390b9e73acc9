package com.amazonaws.greengrass.runtime;

import com.amazonaws.greengrass.common.EnvVars;
import com.amazonaws.greengrass.common.LogLevel;
import com.amazonaws.greengrass.common.LogRecords;
import com.amazonaws.greengrass.ipcsdk.IPCException;
import com.amazonaws.greengrass.runtime.exception.InvalidHandlerException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/**
 * Runs one worker of a Java function: {@code java -cp … LambdaRuntime --handler=package.Class::method}.
 *
 * <p>The core starts it in the directory of the function's package, with the function's environment. It loads the handler's
 * class, which for a pinned function may already be the whole program, and then takes work from the core until it is told
 * to stop. A process that cannot start says why in its log at FATAL and ends with a code other than 0.
 */
public final class LambdaRuntime {
    private static final String OPTION = "--handler=";

    private LambdaRuntime() {
    }

    /** Does not return but by the end of the process. */
    public static void main(String[] arguments) {
        obeySigterm();
        Worker worker;
        try {
            worker = start(arguments);
        } catch (InvalidHandlerException error) {
            fail(error.getClass().getName() + ": " + error.getMessage());
            return;
        } catch (InvocationTargetException error) {
            fail(Failure.stack(error.getCause()));
            return;
        } catch (Exception | LinkageError error) {
            // A static initialiser that throws, a class that is missing: the cause is what its author looks for.
            fail(Failure.stack(error));
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (worker.isBusy()) {
                LogRecords.write(LogLevel.ERROR, "The process ends while its handler has an invocation.");
            }
        }));
        LogRecords.write(LogLevel.DEBUG, "Running [" + EnvVars.MY_FUNCTION_ARN + "]");
        try {
            worker.run();
        } catch (IPCException error) {
            LogRecords.write(LogLevel.FATAL, "The worker cannot go on: " + error.getMessage());
            Runtime.getRuntime().halt(1);
        }
    }

    private static Worker start(String[] arguments) throws InvalidHandlerException, InvocationTargetException {
        String name = option(arguments);
        if (name == null || name.isEmpty()) {
            throw new InvalidHandlerException("no handler was named; expected --handler=package.Class::method");
        }
        String encoding = EnvVars.ENCODING_TYPE == null ? "json" : EnvVars.ENCODING_TYPE;
        require("MY_FUNCTION_ARN", EnvVars.MY_FUNCTION_ARN);
        require("AWS_CONTAINER_AUTHORIZATION_TOKEN", EnvVars.AUTH_TOKEN);
        if (!encoding.equals("json") && !encoding.equals("binary")) {
            throw new IllegalStateException("ENCODING_TYPE is \"" + encoding + "\"; expected json or binary");
        }
        checkInterfaceVersion();
        return new Worker(EnvVars.MY_FUNCTION_ARN, HandlerFinder.find(name, encoding.equals("binary")));
    }

    private static String option(String[] arguments) {
        for (int index = 0; index < arguments.length; index++) {
            if (arguments[index].startsWith(OPTION)) {
                return arguments[index].substring(OPTION.length());
            }
            if (arguments[index].equals("--handler") && index + 1 < arguments.length) {
                return arguments[index + 1];
            }
        }
        return null;
    }

    private static void require(String name, String value) {
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException(name + " is not set; the core sets it for the functions it starts");
        }
    }

    /** The public SDK says which interface it needs; one that asks for more than the core has is refused. */
    private static void checkInterfaceVersion() throws InvalidHandlerException {
        String maximum = EnvVars.GGC_MAX_INTERFACE_VERSION;
        String wanted;
        try {
            Class<?> type = Class.forName("com.amazonaws.greengrass.javasdk.InterfaceVersion");
            wanted = String.valueOf(type.getField("INTERFACE_VERSION").get(null));
        } catch (ClassNotFoundException error) {
            return;
        } catch (ReflectiveOperationException | LinkageError error) {
            wanted = "1.0";
        }
        if (maximum == null || !wanted.matches("\\d{1,6}\\.\\d{1,6}.*") || !maximum.matches("\\d{1,6}\\.\\d{1,6}.*")) {
            return;
        }
        String[] asked = wanted.split("\\.");
        String[] offered = maximum.split("\\.");
        if (!asked[0].equals(offered[0]) || Integer.parseInt(asked[1]) > Integer.parseInt(offered[1])) {
            throw new InvalidHandlerException("There was a version incompatibility between the Greengrass SDK used by your "
                + "function [" + EnvVars.MY_FUNCTION_ARN + "] and the Greengrass Core. The SDK needs interface version "
                + wanted + ", the core has " + maximum + ". Put a version of GreengrassJavaSDK.jar into the function's lib/ "
                + "that asks for at most " + maximum + ".");
        }
    }

    private static void fail(String reason) {
        LogRecords.write(LogLevel.FATAL, "Java runtime initialization failed: " + reason);
        // Threads that the class has started already are not waited for.
        Runtime.getRuntime().halt(1);
    }

    /** The machine's own answer to SIGTERM is exit code 143; a worker that is told to end ends well. */
    private static void obeySigterm() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object exit = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler},
                (self, method, parameters) -> {
                    if (method.getName().equals("handle")) {
                        System.exit(0);
                    }
                    return method.getName().equals("equals") ? (Object) (self == parameters[0])
                        : method.getName().equals("hashCode") ? (Object) System.identityHashCode(self) : "SIGTERM";
                });
            signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("TERM"), exit);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError error) {
            LogRecords.write(LogLevel.DEBUG, "SIGTERM will end the worker with exit code 143: " + error);
        }
    }
}
