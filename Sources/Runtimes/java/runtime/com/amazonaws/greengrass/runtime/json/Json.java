package com.amazonaws.greengrass.runtime.json;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * JSON for handlers. Values of Java's own types are converted here; for classes of a function's own its Jackson is used, if
 * it brings one, so that its annotations hold.
 */
public final class Json {
    private Json() {
    }

    /** Loads Jackson when it is first needed. */
    private static final class Jackson {
        static final Jackson INSTANCE = load();

        private final Object mapper;
        private final Object types;
        private final Method constructType;
        private final Method read;
        private final Method write;

        private Jackson(Class<?> mapperClass) throws ReflectiveOperationException {
            ClassLoader loader = mapperClass.getClassLoader();
            mapper = mapperClass.getConstructor().newInstance();
            Class<?> feature = loader.loadClass("com.fasterxml.jackson.databind.DeserializationFeature");
            Object unknown = feature.getField("FAIL_ON_UNKNOWN_PROPERTIES").get(null);
            mapperClass.getMethod("configure", feature, boolean.class).invoke(mapper, unknown, false);
            types = mapperClass.getMethod("getTypeFactory").invoke(mapper);
            constructType = types.getClass().getMethod("constructType", Type.class);
            Class<?> javaType = loader.loadClass("com.fasterxml.jackson.databind.JavaType");
            read = mapperClass.getMethod("readValue", String.class, javaType);
            write = mapperClass.getMethod("writeValueAsString", Object.class);
        }

        private static Jackson load() {
            try {
                return new Jackson(Class.forName("com.fasterxml.jackson.databind.ObjectMapper"));
            } catch (ReflectiveOperationException | LinkageError error) {
                return null;
            }
        }
    }

    /** The value of a type that a text stands for. */
    public static Object read(String text, Type type) throws JsonException {
        if (!isJavas(type) && Jackson.INSTANCE != null) {
            Jackson jackson = Jackson.INSTANCE;
            try {
                return jackson.read.invoke(jackson.mapper, text, jackson.constructType.invoke(jackson.types, type));
            } catch (InvocationTargetException error) {
                throw new JsonException(String.valueOf(error.getCause().getMessage()), error.getCause());
            } catch (IllegalAccessException error) {
                throw new JsonException(String.valueOf(error.getMessage()), error);
            }
        }
        return JsonBinder.bind(JsonReader.read(text), type, "the event");
    }

    /** A value as JSON in UTF-8. */
    public static byte[] write(Object value) throws JsonException {
        if (value != null && !isScalar(value.getClass()) && Jackson.INSTANCE != null) {
            try {
                return utf8((String) Jackson.INSTANCE.write.invoke(Jackson.INSTANCE.mapper, value));
            } catch (InvocationTargetException error) {
                throw new JsonException(String.valueOf(error.getCause().getMessage()), error.getCause());
            } catch (IllegalAccessException error) {
                throw new JsonException(String.valueOf(error.getMessage()), error);
            }
        }
        return utf8(JsonWriter.write(value));
    }

    /** An object of Java's own types as JSON, whatever the function brings. */
    public static byte[] writePlain(Map<String, ?> members) {
        try {
            return utf8(JsonWriter.write(members));
        } catch (JsonException error) {
            throw new IllegalArgumentException(error);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isScalar(Class<?> type) {
        return type == String.class || Number.class.isAssignableFrom(type) || type == Boolean.class;
    }

    /** Types whose conversion no annotation can change. */
    private static boolean isJavas(Type type) {
        if (type instanceof ParameterizedType) {
            for (Type argument : ((ParameterizedType) type).getActualTypeArguments()) {
                if (!isJavas(argument)) {
                    return false;
                }
            }
        }
        Class<?> known = JsonBinder.classOf(type);
        return known.isPrimitive() || known == Object.class || isScalar(known) || known == Map.class || known == List.class;
    }
}
