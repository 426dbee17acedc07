// As conv2d.c, two output channels at a time with SMLAD. The last of an odd number goes with itself.
#include "smlad.h"
#include "window.h"

void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  int image_row = w->in_width * w->in_channels, kernel_row = w->kernel_width * w->in_channels;
  int kernel_bytes = w->kernel_height * kernel_row, last = w->out_channels - 1;
  for (int oy = 0; oy < w->out_height; oy++) {
    for (int ox = 0; ox < w->out_width; ox++, y += w->out_channels) {
      part_t part = part_at(w, oy, ox);
      const int8_t *pixels = x + first_pixel(w, part), *weights = layer->weights + first_weight(w, part);
      int rows = part.bottom - part.top, n = (part.right - part.left) * w->in_channels;
      for (int o = 0; o <= last; o += 2, weights += 2 * kernel_bytes) {
        int other = o < last ? o + 1 : o;
        int32_t sums[2] = {layer->bias[o], layer->bias[other]};
        const int8_t *next = weights + (other - o) * kernel_bytes;
        for (int row = 0; row < rows; row++) {
          const int8_t *run = weights + row * kernel_row;
          dot2(pixels + row * image_row, run, next + row * kernel_row, n, layer->input_zero, sums);
        }
        y[o] = narrow(&layer->output, o, sums[0]);
        y[other] = narrow(&layer->output, other, sums[1]);
      }
    }
  }
}
