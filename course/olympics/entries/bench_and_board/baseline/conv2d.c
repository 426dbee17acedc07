// A convolution, directly on the image: no copy of it, no memory of its own.
// Where the kernel hangs over the edge its weights meet no pixel: padding stands for a real 0.
#include "window.h"

// The sum over `rows` rows of n products each: the part of a kernel's row that lies on the image is one
// run in memory, of pixels and of weights.
static int32_t sum_of(const conv2d_t *layer, const int8_t *pixels, const int8_t *weights, int rows, int n) {
  const window_t *w = &layer->window;
  int image_row = w->in_width * w->in_channels, kernel_row = w->kernel_width * w->in_channels;
  int32_t sum = 0, zero = layer->input_zero;
  for (; rows > 0; rows--, pixels += image_row, weights += kernel_row) {
    for (int i = 0; i < n; i++) sum += (pixels[i] - zero) * weights[i];
  }
  return sum;
}

void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  int kernel_bytes = w->kernel_height * w->kernel_width * w->in_channels;
  for (int oy = 0; oy < w->out_height; oy++) {
    for (int ox = 0; ox < w->out_width; ox++) {
      part_t part = part_at(w, oy, ox);
      const int8_t *pixels = x + first_pixel(w, part), *weights = layer->weights + first_weight(w, part);
      int rows = part.bottom - part.top, n = (part.right - part.left) * w->in_channels;
      for (int o = 0; o < w->out_channels; o++, weights += kernel_bytes) {
        *y++ = narrow(&layer->output, o, layer->bias[o] + sum_of(layer, pixels, weights, rows, n));
      }
    }
  }
}
