// The maximum or the mean of each window. Pixels outside the image neither win nor count.
#include "kernels.h"

typedef struct {  // the part of a window that lies on the image
  int top, bottom, left, right;
} area_t;

static area_t area_at(const window_t *w, int oy, int ox) {
  int top = oy * w->stride_down - w->pad_top, left = ox * w->stride_across - w->pad_left;
  int bottom = top + w->kernel_height, right = left + w->kernel_width;
  area_t area = {top < 0 ? 0 : top, bottom > w->in_height ? w->in_height : bottom,
                 left < 0 ? 0 : left, right > w->in_width ? w->in_width : right};
  return area;
}

static int8_t maximum(const window_t *w, const int8_t *x, area_t area, int channel) {
  int8_t most = -128;
  for (int row = area.top; row < area.bottom; row++) {
    const int8_t *pixel = x + (row * w->in_width + area.left) * w->in_channels + channel;
    for (int column = area.left; column < area.right; column++, pixel += w->in_channels) {
      if (*pixel > most) most = *pixel;
    }
  }
  return most;
}

// Rounded to nearest, halves away from zero.
static int8_t mean(const window_t *w, const int8_t *x, area_t area, int channel) {
  int32_t sum = 0, count = (area.bottom - area.top) * (area.right - area.left);
  for (int row = area.top; row < area.bottom; row++) {
    const int8_t *pixel = x + (row * w->in_width + area.left) * w->in_channels + channel;
    for (int column = area.left; column < area.right; column++, pixel += w->in_channels) sum += *pixel;
  }
  return (int8_t)(sum < 0 ? -((-sum + count / 2) / count) : (sum + count / 2) / count);
}

void max_pool(const pool_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++)
    for (int ox = 0; ox < w->out_width; ox++)
      for (int c = 0; c < w->out_channels; c++) *y++ = maximum(w, x, area_at(w, oy, ox), c);
}

void average_pool(const pool_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++)
    for (int ox = 0; ox < w->out_width; ox++)
      for (int c = 0; c < w->out_channels; c++) *y++ = mean(w, x, area_at(w, oy, ox), c);
}
