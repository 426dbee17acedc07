// A convolution, directly on the image: no copy of it, no memory of its own.
// Where the kernel hangs over the edge its weights meet no pixel: padding stands for a real 0.
#include "kernels.h"

// The sum for output channel o with the kernel's corner at (top, left). The part of a kernel's row that
// lies on the image is one run in memory, of pixels and of weights.
static int32_t sum_at(const conv2d_t *layer, const int8_t *x, int top, int left, int o) {
  const window_t *w = &layer->window;
  int row_bytes = w->kernel_width * w->in_channels;
  const int8_t *kernel = layer->weights + o * w->kernel_height * row_bytes;
  int first = left < 0 ? -left : 0;
  int end = w->in_width - left < w->kernel_width ? w->in_width - left : w->kernel_width;
  int32_t sum = layer->bias[o];
  for (int ky = 0; ky < w->kernel_height; ky++) {
    if (top + ky < 0 || top + ky >= w->in_height) continue;
    const int8_t *pixels = x + ((top + ky) * w->in_width + left + first) * w->in_channels;
    const int8_t *weights = kernel + ky * row_bytes + first * w->in_channels;
    int n = (end - first) * w->in_channels;
    for (int i = 0; i < n; i++) sum += (pixels[i] - layer->input_zero) * weights[i];
  }
  return sum;
}

void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  for (int oy = 0; oy < w->out_height; oy++) {
    int top = oy * w->stride_down - w->pad_top;
    for (int ox = 0; ox < w->out_width; ox++) {
      int left = ox * w->stride_across - w->pad_left;
      for (int o = 0; o < w->out_channels; o++) {
        *y++ = narrow(&layer->output, o, sum_at(layer, x, top, left, o));
      }
    }
  }
}
