// What lies under the kernel is copied into one row, once for each place, if it is not one row already;
// then two output channels go over it in one pass, two products in one instruction (SMLAD).
#include "smlad.h"
#include "window.h"

#define MOST_VALUES 256

static int8_t row_of_pixels[MOST_VALUES];

// A sum to int8, in the place of a call: SMMULR is the high half of a product, rounded. Sums of this
// network stay below 2^30, so that twice a sum fits.
static inline int8_t narrowed(const output_t *output, int channel, int32_t sum) {
  int at = output->per_channel ? channel : 0, shift = output->shifts[at];
  int32_t high = (int32_t)(((int64_t)(sum * 2) * output->multipliers[at] + 0x80000000ll) >> 32);
  int32_t half = shift ? 1 << (shift - 1) : 0;
  int32_t q = ((high + half - (high < 0 && shift)) >> shift) + output->zero;
  return clamp(q, output->low, output->high);
}

static int8_t *copied(int8_t *to, const int8_t *from, int n) {
  AS_IT_STANDS
  for (; n >= 4; n -= 4, from += 4, to += 4) {
    uint32_t four = word(from);
    __builtin_memcpy(to, &four, 4);
  }
  AS_IT_STANDS
  for (; n > 0; n--) *to++ = *from++;
  return to;
}

static int8_t *padded(int8_t *to, int8_t zero, int n) {
  AS_IT_STANDS
  for (; n > 0; n--) *to++ = zero;
  return to;
}

static const int8_t *pixels_under(const conv2d_t *layer, const int8_t *x, int oy, int ox) {
  const window_t *w = &layer->window;
  part_t part = part_at(w, oy, ox);
  int channels = w->in_channels, row_values = w->kernel_width * channels, image_row = w->in_width * channels;
  int n = (part.right - part.left) * channels, right = (w->kernel_width - part.right) * channels;
  const int8_t *from = x + first_pixel(w, part);
  if (w->kernel_height == 1 && n == row_values) return from;
  int8_t *to = padded(row_of_pixels, (int8_t)layer->input_zero, part.top * row_values);
  for (int ky = part.top; ky < part.bottom; ky++, from += image_row) {
    to = padded(to, (int8_t)layer->input_zero, part.left * channels);
    to = padded(copied(to, from, n), (int8_t)layer->input_zero, right);
  }
  padded(to, (int8_t)layer->input_zero, (w->kernel_height - part.bottom) * row_values);
  return row_of_pixels;
}

void conv2d(const conv2d_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  int values = w->kernel_height * w->kernel_width * w->in_channels, last = w->out_channels - 1;
  for (int oy = 0; oy < w->out_height; oy++)
    for (int ox = 0; ox < w->out_width; ox++, y += w->out_channels) {
      const int8_t *pixels = pixels_under(layer, x, oy, ox), *weights = layer->weights;
      for (int o = 0; o <= last; o += 2, weights += 2 * values) {
        int other = o < last ? o + 1 : o;
        int32_t sums[2] = {layer->bias[o], layer->bias[other]};
        dot2(pixels, weights, weights + (other - o) * values, values, layer->input_zero, sums);
        y[o] = narrowed(&layer->output, o, sums[0]);
        y[other] = narrowed(&layer->output, other, sums[1]);
      }
    }
}
