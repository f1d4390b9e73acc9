package com.amazonaws.greengrass.runtime;

import com.amazonaws.greengrass.runtime.exception.InvalidHandlerException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the method that {@code --handler=package.Class::method} names. */
final class HandlerFinder {
    private static final String DEFAULT_METHOD = "handleRequest";
    private static final String JSON_FORMS = "(event, Context), (event), (Context) or ()";
    private static final String BINARY_FORMS = "void (InputStream, OutputStream, Context), (InputStream, OutputStream), "
        + "(OutputStream, Context), (InputStream, Context), (InputStream) or (OutputStream)";

    private final String className;
    private final String methodName;
    private final boolean isBinary;

    private HandlerFinder(String name, boolean isBinary) {
        int colons = name.indexOf("::");
        className = colons < 0 ? name : name.substring(0, colons);
        methodName = colons < 0 ? DEFAULT_METHOD : name.substring(colons + 2);
        this.isBinary = isBinary;
    }

    /** Loads the class, which for a pinned function may already be the whole program. */
    static Handler find(String name, boolean isBinary) throws InvalidHandlerException, InvocationTargetException {
        return new HandlerFinder(name, isBinary).find();
    }

    private Handler find() throws InvalidHandlerException, InvocationTargetException {
        Class<?> type;
        try {
            type = Class.forName(className, true, HandlerFinder.class.getClassLoader());
        } catch (ClassNotFoundException error) {
            throw new InvalidHandlerException("Handler class was not found: " + className
                + " is neither in the function's package nor in a .jar of its lib/");
        } catch (UnsupportedClassVersionError error) {
            throw new InvalidHandlerException(className + " was compiled for a newer Java than "
                + System.getProperty("java.version") + ": " + error.getMessage());
        }
        Method method = best(type, isBinary);
        boolean usesStreams = isBinary;
        if (method == null && !isBinary) {
            // A stream handler gets its JSON as it is.
            method = best(type, true);
            usesStreams = true;
        }
        if (method == null) {
            throw new InvalidHandlerException(missing(type));
        }
        Object owner = Modifier.isStatic(method.getModifiers()) ? null : instance(type);
        method.setAccessible(true);
        return new Handler(method, owner, usesStreams ? null : eventType(method, type), usesStreams);
    }

    /** Among overloads the most parameters win, then the one whose last parameter is the context. */
    private Method best(Class<?> type, boolean streams) {
        Method best = null;
        for (Method method : type.getMethods()) {
            boolean isMeant = method.getName().equals(methodName) && !method.isBridge() && !method.isSynthetic();
            if (isMeant && (streams ? takesStreams(method) : takesEvent(method)) && (best == null || rank(method) > rank(best))) {
                best = method;
            }
        }
        return best;
    }

    private static int rank(Method method) {
        Class<?>[] types = method.getParameterTypes();
        boolean endsWithContext = types.length > 0 && isContext(types[types.length - 1]);
        // A method of an interface's default or a superclass comes after the class's own.
        return types.length * 4 + (endsWithContext ? 2 : 0) + (method.getDeclaringClass().isInterface() ? 0 : 1);
    }

    private static boolean takesEvent(Method method) {
        Class<?>[] types = method.getParameterTypes();
        for (Class<?> type : types) {
            if (type == InputStream.class || type == OutputStream.class) {
                return false;
            }
        }
        return types.length < 2 || types.length == 2 && isContext(types[1]);
    }

    private static boolean takesStreams(Method method) {
        StringBuilder form = new StringBuilder();
        for (Class<?> type : method.getParameterTypes()) {
            form.append(type == InputStream.class ? 'I' : type == OutputStream.class ? 'O' : isContext(type) ? 'C' : '?');
        }
        return method.getReturnType() == void.class && form.toString().matches("IOC|IO|OC|IC|I|O");
    }

    private static boolean isContext(Class<?> type) {
        return type.getName().equals(Context.INTERFACE);
    }

    private String missing(Class<?> type) {
        List<String> there = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (method.getName().equals(methodName) && !method.isBridge()) {
                there.add(method.toGenericString());
            }
        }
        String wanted = isBinary ? "binary: " + BINARY_FORMS : "json: " + JSON_FORMS;
        return "class " + className + " has no public method " + methodName + " that takes an invocation of encoding type "
            + wanted + (there.isEmpty() ? "" : "; it has " + String.join(", ", there));
    }

    private Object instance(Class<?> type) throws InvalidHandlerException, InvocationTargetException {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            return constructor.newInstance();
        } catch (InstantiationException | NoSuchMethodException | IllegalAccessException error) {
            throw new InvalidHandlerException("class " + className + " has no constructor without parameters, which the "
                + "method " + methodName + ", as it is not static, needs");
        }
    }

    /** The type of the first parameter, unless that is the context; with the type parameters of superclasses filled in. */
    private static Type eventType(Method method, Class<?> type) {
        Class<?>[] types = method.getParameterTypes();
        if (types.length == 0 || isContext(types[0])) {
            return null;
        }
        Type declared = method.getGenericParameterTypes()[0];
        Map<Type, Type> known = new HashMap<>();
        learn(type, known);
        while (declared instanceof TypeVariable && known.containsKey(declared)) {
            declared = known.get(declared);
        }
        return declared;
    }

    private static void learn(Type type, Map<Type, Type> known) {
        if (type instanceof ParameterizedType) {
            Type[] arguments = ((ParameterizedType) type).getActualTypeArguments();
            TypeVariable<?>[] names = ((Class<?>) ((ParameterizedType) type).getRawType()).getTypeParameters();
            for (int index = 0; index < names.length; index++) {
                known.put(names[index], arguments[index]);
            }
        }
        Class<?> raw = type instanceof Class ? (Class<?>) type
            : type instanceof ParameterizedType ? (Class<?>) ((ParameterizedType) type).getRawType() : null;
        if (raw != null) {
            learn(raw.getGenericSuperclass(), known);
            for (Type parent : raw.getGenericInterfaces()) {
                learn(parent, known);
            }
        }
    }
}
