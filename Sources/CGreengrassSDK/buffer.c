#include "internal.h"

// Storage that is kept between uses.
enum { KEPT_ROOM = 64 * 1024 };

void ggi_buffer_free(struct ggi_buffer *buffer) {
    free(buffer->bytes);
    memset(buffer, 0, sizeof *buffer);
}

void ggi_buffer_clear(struct ggi_buffer *buffer) {
    if (buffer->room > KEPT_ROOM) ggi_buffer_free(buffer);
    buffer->count = 0;
    buffer->failed = false;
}

bool ggi_buffer_reserve(struct ggi_buffer *buffer, size_t more) {
    if (buffer->failed) return false;
    if (buffer->room - buffer->count >= more) return true;
    // Twice the largest body: anything beyond it is a mistake of this library, not a wish of its user.
    if (more > (size_t)2 * GGI_LARGEST_BODY || buffer->count + more > (size_t)4 * GGI_LARGEST_BODY) {
        buffer->failed = true;
        return false;
    }
    size_t room = buffer->room < 128 ? 128 : buffer->room;
    while (room - buffer->count < more) room *= 2;
    char *bytes = realloc(buffer->bytes, room);
    if (bytes == NULL) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = bytes;
    buffer->room = room;
    return true;
}

void ggi_append(struct ggi_buffer *buffer, const void *bytes, size_t count) {
    if (count == 0 || !ggi_buffer_reserve(buffer, count)) return;
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
}

void ggi_append_text(struct ggi_buffer *buffer, const char *text) { ggi_append(buffer, text, strlen(text)); }

void ggi_append_decimal(struct ggi_buffer *buffer, size_t value) {
    char digits[24];
    size_t start = sizeof digits;
    do {
        digits[--start] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    ggi_append(buffer, digits + start, sizeof digits - start);
}
