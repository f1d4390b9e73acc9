package com.amazonaws.greengrass.runtime;

import com.amazonaws.greengrass.common.LogLevel;
import com.amazonaws.greengrass.common.LogRecords;
import com.amazonaws.greengrass.runtime.json.Json;
import com.amazonaws.greengrass.runtime.json.JsonException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a handler may ask of its invocation. The interface is that of the function's own aws-lambda-java-core, whichever
 * version it brings, so it is implemented when it is known; methods this class has no answer to give null or 0.
 */
final class Context {
    private static final String PACKAGE = "com.amazonaws.services.lambda.runtime.";
    static final String INTERFACE = PACKAGE + "Context";

    private final Map<String, Object> answers = new HashMap<>();
    private Object proxy;

    /** @param clientContext base64 of JSON, or empty */
    Context(String functionArn, String invocationId, String clientContext) throws JsonException {
        String[] parts = functionArn.split(":");
        answers.put("getAwsRequestId", invocationId);
        answers.put("getInvokedFunctionArn", functionArn);
        answers.put("getFunctionName", parts.length > 6 ? parts[6] : functionArn);
        answers.put("getFunctionVersion", parts.length > 7 ? parts[7] : null);
        answers.put("getClientContext", clientContext(fields(clientContext)));
    }

    /** An object of the function's Context interface. */
    Object proxy() {
        if (proxy == null) {
            Map<String, Object> all = new HashMap<>(answers);
            all.put("getClientContext", implement("ClientContext", cast(answers.get("getClientContext"))));
            all.put("getLogger", implement("LambdaLogger", new HashMap<>()));
            proxy = implement("Context", all);
        }
        return proxy;
    }

    private static Map<String, Object> fields(String clientContext) throws JsonException {
        if (clientContext.isEmpty()) {
            return new HashMap<>();
        }
        Object fields;
        try {
            byte[] decoded = Base64.getDecoder().decode(clientContext);
            fields = Json.read(new String(decoded, StandardCharsets.UTF_8), Object.class);
        } catch (IllegalArgumentException | JsonException error) {
            throw new JsonException("The client context is not the base64 form of JSON.", error);
        }
        if (!(fields instanceof Map)) {
            throw new JsonException("The client context is JSON, but not an object.");
        }
        return cast(fields);
    }

    private static Map<String, Object> clientContext(Map<String, Object> fields) throws JsonException {
        Map<String, Object> result = new HashMap<>();
        result.put("getCustom", texts(fields.get("custom")));
        result.put("getEnvironment", texts(fields.get("env")));
        if (fields.get("client") instanceof Map) {
            Map<String, String> client = texts(fields.get("client"));
            Map<String, Object> getters = new HashMap<>();
            getters.put("getInstallationId", client.get("installation_id"));
            getters.put("getAppTitle", client.get("app_title"));
            getters.put("getAppVersionName", client.get("app_version_name"));
            getters.put("getAppVersionCode", client.get("app_version_code"));
            getters.put("getAppPackageName", client.get("app_package_name"));
            result.put("getClient", getters);
        }
        return result;
    }

    /** The interface has texts alone: other values are their JSON. */
    private static Map<String, String> texts(Object fields) throws JsonException {
        Map<String, String> result = new LinkedHashMap<>();
        if (fields instanceof Map) {
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) fields).entrySet()) {
                Object value = entry.getValue();
                boolean isText = value == null || value instanceof String;
                result.put(String.valueOf(entry.getKey()),
                    isText ? (String) value : new String(Json.write(value), StandardCharsets.UTF_8));
            }
        }
        return result;
    }

    private static Object implement(String name, Map<String, Object> answers) {
        if (answers == null) {
            return null;
        }
        Class<?> type;
        try {
            type = Class.forName(PACKAGE + name);
        } catch (ClassNotFoundException | LinkageError error) {
            return null;
        }
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> answer(name, self, method, arguments, answers));
    }

    private static Object answer(
            String name, Object self, Method method, Object[] arguments, Map<String, Object> answers) {
        if (method.getDeclaringClass() == Object.class) {
            switch (method.getName()) {
                case "equals":
                    return self == arguments[0];
                case "hashCode":
                    return System.identityHashCode(self);
                default:
                    return name + answers;
            }
        }
        if (method.getName().equals("log") && arguments != null && arguments.length > 0) {
            if (arguments[0] instanceof byte[]) {
                LogRecords.write(LogLevel.INFO, (byte[]) arguments[0]);
            } else {
                LogRecords.write(LogLevel.INFO, String.valueOf(arguments[0]));
            }
            return null;
        }
        Object value = answers.get(method.getName());
        if (value instanceof Map && method.getName().equals("getClient")) {
            return implement("Client", cast(value));
        }
        if (value == null && method.getReturnType().isPrimitive() && method.getReturnType() != void.class) {
            return method.getReturnType() == long.class ? (Object) 0L : method.getReturnType() == boolean.class
                ? (Object) false : (Object) 0;
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static <T> T cast(Object value) {
        return (T) value;
    }
}
