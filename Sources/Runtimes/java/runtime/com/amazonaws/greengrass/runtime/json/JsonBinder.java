package com.amazonaws.greengrass.runtime.json;

import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes values of Java types from what {@link JsonReader} reads. */
public final class JsonBinder {
    private JsonBinder() {
    }

    /** The class behind a type, its parameters forgotten. */
    public static Class<?> classOf(Type type) {
        if (type instanceof Class) {
            return (Class<?>) type;
        }
        if (type instanceof ParameterizedType) {
            return classOf(((ParameterizedType) type).getRawType());
        }
        if (type instanceof GenericArrayType) {
            return Array.newInstance(classOf(((GenericArrayType) type).getGenericComponentType()), 0).getClass();
        }
        if (type instanceof WildcardType) {
            return classOf(((WildcardType) type).getUpperBounds()[0]);
        }
        return type instanceof TypeVariable ? classOf(((TypeVariable<?>) type).getBounds()[0]) : Object.class;
    }

    /** @param place where the value stands, for errors, such as {@code event.items[2]} */
    public static Object bind(Object json, Type type, String place) throws JsonException {
        Class<?> target = classOf(type);
        if (target == Object.class) {
            return json;
        }
        if (json == null) {
            if (target.isPrimitive()) {
                return Array.get(Array.newInstance(target, 1), 0);
            }
            return null;
        }
        if (target.isPrimitive() || Number.class.isAssignableFrom(target) || target == Boolean.class
                || target == Character.class || CharSequence.class.isAssignableFrom(target)) {
            return scalar(json, target, place);
        }
        if (target == Date.class && json instanceof Number) {
            return new Date(((Number) json).longValue());
        }
        if (target.isEnum()) {
            return constant(json, target, place);
        }
        if (target == byte[].class && json instanceof String) {
            try {
                return Base64.getDecoder().decode((String) json);
            } catch (IllegalArgumentException error) {
                throw new JsonException(place + " is not base64, as a byte[] is written", error);
            }
        }
        if (target.isArray()) {
            return array(json, type, target, place);
        }
        if (Collection.class.isAssignableFrom(target) || target == Iterable.class) {
            return collection(json, type, target, place);
        }
        if (Map.class.isAssignableFrom(target)) {
            return map(json, type, target, place);
        }
        return target.isInstance(json) ? json : object(json, target, place);
    }

    private static Object scalar(Object json, Class<?> target, String place) throws JsonException {
        if (CharSequence.class.isAssignableFrom(target)) {
            if (json instanceof Map || json instanceof List) {
                throw mismatch(json, target, place);
            }
            return json.toString();
        }
        if (target == boolean.class || target == Boolean.class) {
            if (json instanceof Boolean) {
                return json;
            }
            if ("true".equals(json) || "false".equals(json)) {
                return "true".equals(json);
            }
            throw mismatch(json, target, place);
        }
        if (target == char.class || target == Character.class) {
            if (json instanceof String && ((String) json).length() == 1) {
                return ((String) json).charAt(0);
            }
            throw mismatch(json, target, place);
        }
        if (!(json instanceof Number) && !(json instanceof String)) {
            throw mismatch(json, target, place);
        }
        try {
            return number(new BigDecimal(json.toString().trim()), json, target);
        } catch (NumberFormatException | ArithmeticException error) {
            throw mismatch(json, target, place);
        }
    }

    private static Object number(BigDecimal value, Object json, Class<?> target) {
        if (target == double.class || target == Double.class) {
            return value.doubleValue();
        }
        if (target == float.class || target == Float.class) {
            return value.floatValue();
        }
        if (target == BigDecimal.class) {
            return value;
        }
        if (target == Number.class) {
            return json instanceof Number ? json : value;
        }
        // A fraction is cut off, as Jackson does; what is too large is an error.
        BigInteger whole = value.toBigInteger();
        if (target == BigInteger.class) {
            return whole;
        }
        if (target == int.class || target == Integer.class) {
            return whole.intValueExact();
        }
        if (target == long.class || target == Long.class) {
            return whole.longValueExact();
        }
        if (target == short.class || target == Short.class) {
            return whole.shortValueExact();
        }
        if (target == byte.class || target == Byte.class) {
            return whole.byteValueExact();
        }
        throw new NumberFormatException();
    }

    private static Object constant(Object json, Class<?> target, String place) throws JsonException {
        for (Object constant : target.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(json)) {
                return constant;
            }
        }
        throw mismatch(json, target, place);
    }

    private static Object array(Object json, Type type, Class<?> target, String place) throws JsonException {
        List<?> elements = list(json, target, place);
        Type component = type instanceof GenericArrayType
            ? ((GenericArrayType) type).getGenericComponentType() : target.getComponentType();
        Object array = Array.newInstance(target.getComponentType(), elements.size());
        for (int index = 0; index < elements.size(); index++) {
            Array.set(array, index, bind(elements.get(index), component, place + "[" + index + "]"));
        }
        return array;
    }

    private static Object collection(Object json, Type type, Class<?> target, String place) throws JsonException {
        Collection<Object> result;
        if (!target.isInterface() && !Modifier.isAbstract(target.getModifiers())) {
            result = cast(instance(target, place));
        } else if (SortedSet.class.isAssignableFrom(target)) {
            result = new TreeSet<>();
        } else if (Set.class.isAssignableFrom(target)) {
            result = new LinkedHashSet<>();
        } else {
            result = target.isAssignableFrom(ArrayList.class) ? new ArrayList<>() : new ArrayDeque<>();
        }
        int index = 0;
        for (Object element : list(json, target, place)) {
            result.add(bind(element, parameter(type, 0), place + "[" + index++ + "]"));
        }
        return result;
    }

    private static Object map(Object json, Type type, Class<?> target, String place) throws JsonException {
        if (!(json instanceof Map)) {
            throw mismatch(json, target, place);
        }
        Map<Object, Object> result;
        if (!target.isInterface() && !Modifier.isAbstract(target.getModifiers())) {
            result = cast(instance(target, place));
        } else {
            result = SortedMap.class.isAssignableFrom(target) ? new TreeMap<>() : new LinkedHashMap<>();
        }
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) json).entrySet()) {
            String name = place + "." + entry.getKey();
            result.put(bind(entry.getKey(), parameter(type, 0), name), bind(entry.getValue(), parameter(type, 1), name));
        }
        return result;
    }

    private static Object object(Object json, Class<?> target, String place) throws JsonException {
        if (!(json instanceof Map)) {
            throw mismatch(json, target, place);
        }
        Object result = instance(target, place);
        Bean bean = Bean.of(target);
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) json).entrySet()) {
            // What a class does not know is passed over.
            Bean.Setter setter = bean.setters.get(entry.getKey());
            if (setter != null) {
                String name = place + "." + entry.getKey();
                try {
                    setter.set(result, bind(entry.getValue(), setter.type, name));
                } catch (InvocationTargetException error) {
                    throw new JsonException(name + " was refused: " + error.getCause(), error.getCause());
                } catch (ReflectiveOperationException | IllegalArgumentException error) {
                    throw new JsonException(name + " cannot be set: " + error.getMessage(), error);
                }
            }
        }
        return result;
    }

    private static Object instance(Class<?> target, String place) throws JsonException {
        try {
            Constructor<?> constructor = target.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InvocationTargetException error) {
            throw new JsonException("the constructor of " + target.getName() + " failed: " + error.getCause(), error.getCause());
        } catch (ReflectiveOperationException | RuntimeException error) {
            throw new JsonException(place + " is to be a " + target.getName() + ", which has no constructor without "
                + "parameters", error);
        }
    }

    private static List<?> list(Object json, Class<?> target, String place) throws JsonException {
        if (json instanceof List) {
            return (List<?>) json;
        }
        throw mismatch(json, target, place);
    }

    private static Type parameter(Type type, int index) {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            if (index < arguments.length) {
                return arguments[index];
            }
        }
        return Object.class;
    }

    @SuppressWarnings("unchecked")
    private static <T> T cast(Object value) {
        return (T) value;
    }

    private static JsonException mismatch(Object json, Class<?> target, String place) {
        String found = json instanceof Map ? "an object" : json instanceof List ? "an array"
            : json instanceof String ? "a string" : json instanceof Boolean ? "a boolean" : "a number";
        return new JsonException(place + " is " + found + " and cannot become a " + target.getName());
    }
}
