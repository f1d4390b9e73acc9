package functions;

import java.util.List;
import java.util.Map;

/** What events and results are made of, as a function's author writes it. */
public class Payload {
    public enum Kind { COLD, WARM }

    private String message;
    private Integer count;
    private double celsius;
    private boolean on;
    private Kind kind;
    private List<Payload> parts;
    private Map<String, Long> totals;
    public int[] numbers;

    public String getMessage() {
        return message;
    }

    public void setMessage(String message) {
        this.message = message;
    }

    public Integer getCount() {
        return count;
    }

    public void setCount(Integer count) {
        this.count = count;
    }

    public double getCelsius() {
        return celsius;
    }

    public void setCelsius(double celsius) {
        this.celsius = celsius;
    }

    public boolean isOn() {
        return on;
    }

    public void setOn(boolean on) {
        this.on = on;
    }

    public Kind getKind() {
        return kind;
    }

    public void setKind(Kind kind) {
        this.kind = kind;
    }

    public List<Payload> getParts() {
        return parts;
    }

    public void setParts(List<Payload> parts) {
        this.parts = parts;
    }

    public Map<String, Long> getTotals() {
        return totals;
    }
}
