// A convolution in which every channel has its own small kernel and sees no other channel.
#include "window.h"

// pixel and weight are those of the part's first corner; the next channel's are one byte further.
static int32_t sum_of(const depthwise_t *layer, part_t part, const int8_t *pixel, const int8_t *weight) {
  const window_t *w = &layer->window;
  int channels = w->in_channels, columns = part.right - part.left;
  int32_t sum = 0, zero = layer->input_zero;
  for (int ky = part.top; ky < part.bottom; ky++) {
    const int8_t *p = pixel, *q = weight;
    AS_IT_STANDS
    for (int kx = 0; kx < columns; kx++, p += channels, q += channels) sum += (*p - zero) * *q;
    pixel += w->in_width * channels, weight += w->kernel_width * channels;
  }
  return sum;
}

void depthwise(const depthwise_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++) {
    for (int ox = 0; ox < w->out_width; ox++) {
      part_t part = part_at(w, oy, ox);
      const int8_t *pixel = x + first_pixel(w, part), *weight = layer->weights + first_weight(w, part);
      for (int c = 0; c < w->out_channels; c++) {
        *y++ = narrow(&layer->output, c, layer->bias[c] + sum_of(layer, part, pixel + c, weight + c));
      }
    }
  }
}
