// As conv2d.c, two output channels at a time with SMLAD. The last of an odd number goes with itself.
#include "smlad.h"

static void sums_at(const conv2d_t *layer, const int8_t *x, int top, int left, int o, int other, int32_t *sums) {
  const window_t *w = &layer->window;
  int row_bytes = w->kernel_width * w->in_channels, kernel_bytes = w->kernel_height * row_bytes;
  int first = left < 0 ? -left : 0;
  int end = w->in_width - left < w->kernel_width ? w->in_width - left : w->kernel_width;
  sums[0] = layer->bias[o], sums[1] = layer->bias[other];
  for (int ky = 0; ky < w->kernel_height; ky++) {
    if (top + ky < 0 || top + ky >= w->in_height) continue;
    const int8_t *pixels = x + ((top + ky) * w->in_width + left + first) * w->in_channels;
    const int8_t *weights = layer->weights + ky * row_bytes + first * w->in_channels;
    int n = (end - first) * w->in_channels;
    dot2(pixels, weights + o * kernel_bytes, weights + other * kernel_bytes, n, layer->input_zero, sums);
  }
}

void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  int last = w->out_channels - 1;
  for (int oy = 0; oy < w->out_height; oy++) {
    int top = oy * w->stride_down - w->pad_top;
    for (int ox = 0; ox < w->out_width; ox++, y += w->out_channels) {
      int left = ox * w->stride_across - w->pad_left;
      for (int o = 0; o <= last; o += 2) {
        int other = o < last ? o + 1 : o;
        int32_t sums[2];
        sums_at(layer, x, top, left, o, other, sums);
        y[o] = narrow(&layer->output, o, sums[0]);
        y[other] = narrow(&layer->output, other, sums[1]);
      }
    }
  }
}
