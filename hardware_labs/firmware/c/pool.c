// The maximum or the mean of each window. Pixels outside the image neither win nor count.
#include "window.h"

static int8_t maximum(const window_t *w, part_t part, const int8_t *pixel) {
  int8_t most = -128;
  int channels = w->in_channels, columns = part.right - part.left;
  for (int row = part.top; row < part.bottom; row++, pixel += w->in_width * channels) {
    for (int column = 0; column < columns; column++) {
      if (pixel[column * channels] > most) most = pixel[column * channels];
    }
  }
  return most;
}

// Rounded to nearest, halves away from zero.
static int8_t mean(const window_t *w, part_t part, const int8_t *pixel) {
  int channels = w->in_channels, columns = part.right - part.left;
  int32_t sum = 0, count = (part.bottom - part.top) * columns;
  for (int row = part.top; row < part.bottom; row++, pixel += w->in_width * channels) {
    for (int column = 0; column < columns; column++) sum += pixel[column * channels];
  }
  return (int8_t)(sum < 0 ? -((-sum + count / 2) / count) : (sum + count / 2) / count);
}

typedef int8_t pooling_t(const window_t *w, part_t part, const int8_t *pixel);

static inline void pool(const window_t *w, pooling_t *pooling, const int8_t *x, int8_t *y) {
  for (int oy = 0; oy < w->out_height; oy++) {
    for (int ox = 0; ox < w->out_width; ox++) {
      part_t part = part_at(w, oy, ox);
      const int8_t *pixel = x + first_pixel(w, part);
      for (int c = 0; c < w->out_channels; c++) *y++ = pooling(w, part, pixel + c);
    }
  }
}

void max_pool(const pool_t *layer, const int8_t *x, int8_t *y) { pool(&layer->window, maximum, x, y); }

void average_pool(const pool_t *layer, const int8_t *x, int8_t *y) { pool(&layer->window, mean, x, y); }
