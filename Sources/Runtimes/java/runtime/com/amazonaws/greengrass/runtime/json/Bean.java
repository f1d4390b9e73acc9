package com.amazonaws.greengrass.runtime.json;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** The properties of a class by the conventions of Java beans: getters, setters and public fields. */
final class Bean {
    /** Reads a property. */
    interface Getter {
        Object get(Object owner) throws JsonException;
    }

    /** Writes a property of a type. */
    abstract static class Setter {
        final Type type;

        Setter(Type type) {
            this.type = type;
        }

        abstract void set(Object owner, Object value) throws ReflectiveOperationException;
    }

    private static final Map<Class<?>, Bean> KNOWN = new ConcurrentHashMap<>();

    final Map<String, Getter> getters = new LinkedHashMap<>();
    final Map<String, Setter> setters = new TreeMap<>();

    private Bean(Class<?> type) {
        Method[] methods = type.getMethods();
        // The order of getMethods changes from run to run.
        Arrays.sort(methods, Comparator.comparing(Method::getName).thenComparing(Method::toGenericString));
        Map<String, Getter> found = new TreeMap<>();
        for (Method method : methods) {
            boolean isUsable = !Modifier.isStatic(method.getModifiers()) && !method.isBridge()
                && method.getDeclaringClass() != Object.class;
            if (isUsable && method.getParameterCount() == 0) {
                String name = getterName(method);
                if (name != null) {
                    found.put(name, getter(method));
                }
            } else if (isUsable && method.getParameterCount() == 1 && method.getName().length() > 3
                    && method.getName().startsWith("set")) {
                setters.put(propertyName(method.getName().substring(3)), setter(method));
            }
        }
        addFields(type, found);
        getters.putAll(found);
    }

    static Bean of(Class<?> type) {
        return KNOWN.computeIfAbsent(type, Bean::new);
    }

    /** In the order of their declaration, as far as there are fields; a field that has a getter can be written too. */
    private void addFields(Class<?> type, Map<String, Getter> found) {
        for (Class<?> owner = type; owner != null && owner != Object.class; owner = owner.getSuperclass()) {
            for (Field field : owner.getDeclaredFields()) {
                int modifiers = field.getModifiers();
                if (Modifier.isStatic(modifiers) || Modifier.isTransient(modifiers) || field.isSynthetic()) {
                    continue;
                }
                String name = field.getName();
                boolean isPublic = Modifier.isPublic(modifiers);
                if (found.containsKey(name)) {
                    getters.put(name, found.remove(name));
                } else if (isPublic && !getters.containsKey(name)) {
                    getters.put(name, getter(field));
                }
                if ((isPublic || getters.containsKey(name)) && !Modifier.isFinal(modifiers)) {
                    setters.computeIfAbsent(name, key -> setter(field));
                }
            }
        }
    }

    private static String getterName(Method method) {
        String name = method.getName();
        Class<?> type = method.getReturnType();
        if (name.startsWith("get") && name.length() > 3 && type != void.class) {
            return propertyName(name.substring(3));
        }
        boolean isBoolean = type == boolean.class || type == Boolean.class;
        return isBoolean && name.startsWith("is") && name.length() > 2 ? propertyName(name.substring(2)) : null;
    }

    /** {@code URLPath} is {@code urlpath}, {@code Name} is {@code name}: as Jackson has it. */
    private static String propertyName(String name) {
        int upper = 0;
        while (upper < name.length() && Character.isUpperCase(name.charAt(upper))) {
            upper++;
        }
        return name.substring(0, upper).toLowerCase(Locale.ROOT) + name.substring(upper);
    }

    private static Getter getter(Method method) {
        method.setAccessible(true);
        return owner -> {
            try {
                return method.invoke(owner);
            } catch (InvocationTargetException error) {
                throw new JsonException(method + " failed: " + error.getCause(), error.getCause());
            } catch (IllegalAccessException error) {
                throw new JsonException(method + " cannot be called", error);
            }
        };
    }

    private static Getter getter(Field field) {
        field.setAccessible(true);
        return owner -> {
            try {
                return field.get(owner);
            } catch (IllegalAccessException error) {
                throw new JsonException(field + " cannot be read", error);
            }
        };
    }

    private static Setter setter(Method method) {
        method.setAccessible(true);
        return new Setter(method.getGenericParameterTypes()[0]) {
            @Override
            void set(Object owner, Object value) throws ReflectiveOperationException {
                method.invoke(owner, value);
            }
        };
    }

    private static Setter setter(Field field) {
        field.setAccessible(true);
        return new Setter(field.getGenericType()) {
            @Override
            void set(Object owner, Object value) throws ReflectiveOperationException {
                field.set(owner, value);
            }
        };
    }
}
