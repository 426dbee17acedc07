// The maximum of four channels at a time: SSUB8 compares four bytes, SEL takes the larger of each.
#include "smlad.h"
#include "window.h"

static void larger(int8_t *y, const int8_t *x, int n) {
  AS_IT_STANDS
  for (; n >= 4; n -= 4, x += 4, y += 4) {
    uint32_t a = word(x), b = word(y);
    __ssub8((int8x4_t)a, (int8x4_t)b);
    uint32_t most = (uint32_t)__sel((uint8x4_t)a, (uint8x4_t)b);
    __builtin_memcpy(y, &most, 4);
  }
  for (; n > 0; n--, x++, y++) *y = *x > *y ? *x : *y;
}

void max_pool(const pool_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  int channels = w->in_channels;
  for (int oy = 0; oy < w->out_height; oy++)
    for (int ox = 0; ox < w->out_width; ox++, y += channels) {
      part_t part = part_at(w, oy, ox);
      const int8_t *pixel = x + first_pixel(w, part);
      int first = 1;
      for (int row = part.top; row < part.bottom; row++, pixel += w->in_width * channels)
        for (int column = 0; column < part.right - part.left; column++) {
          const int8_t *from = pixel + column * channels;
          if (first) for (int c = 0; c < channels; c++) y[c] = from[c];
          else larger(y, from, channels);
          first = 0;
        }
    }
}

static int8_t mean(const window_t *w, part_t part, const int8_t *pixel) {
  int channels = w->in_channels, columns = part.right - part.left;
  int32_t sum = 0, count = (part.bottom - part.top) * columns;
  for (int row = part.top; row < part.bottom; row++, pixel += w->in_width * channels)
    for (int column = 0; column < columns; column++) sum += pixel[column * channels];
  return (int8_t)(sum < 0 ? -((-sum + count / 2) / count) : (sum + count / 2) / count);
}

void average_pool(const pool_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++)
    for (int ox = 0; ox < w->out_width; ox++) {
      part_t part = part_at(w, oy, ox);
      for (int c = 0; c < w->out_channels; c++) *y++ = mean(w, part, x + first_pixel(w, part) + c);
    }
}
