// Four channels at a time: SXTAB16 widens two of them and takes the zero point off, and SMLABB and
// SMLATT multiply the lower and the upper of a pair.
#include "smlad.h"
#include "window.h"

// A sum to int8, in the place of a call: SMMULR is the high half of a product, rounded. Sums of this
// network stay below 2^30, so that twice a sum fits.
static inline int8_t narrowed(const output_t *output, int channel, int32_t sum) {
  int at = output->per_channel ? channel : 0, shift = output->shifts[at];
  int32_t high = (int32_t)(((int64_t)(sum * 2) * output->multipliers[at] + 0x80000000ll) >> 32);
  int32_t half = shift ? 1 << (shift - 1) : 0;
  int32_t q = ((high + half - (high < 0 && shift)) >> shift) + output->zero;
  return clamp(q, output->low, output->high);
}

static inline int32_t lower(int32_t a, int32_t b, int32_t sum) { return __smlabb(a, b, sum); }
static inline int32_t upper(int32_t a, int32_t b, int32_t sum) { return __smlatt(a, b, sum); }

__attribute__((noinline)) static void four_channels(const depthwise_t *layer, part_t part, const int8_t *pixel,
                                                    const int8_t *tap, int32_t *sums) {
  const window_t *w = &layer->window;
  int channels = w->in_channels, columns = part.right - part.left, minus_zero = pair(-layer->input_zero);
  int32_t s0 = sums[0], s1 = sums[1], s2 = sums[2], s3 = sums[3];
  for (int rows = part.bottom - part.top; rows > 0; rows--) {
    const int8_t *p = pixel, *q = tap;
    AS_IT_STANDS
    for (int kx = 0; kx < columns; kx++, p += channels, q += channels) {
      uint32_t values = word(p), weights = word(q);
      int32_t even = __sxtab16(minus_zero, (int32_t)values), odd = __sxtab16(minus_zero, (int32_t)__ror(values, 8));
      int32_t w_even = __sxtb16((int32_t)weights), w_odd = __sxtb16((int32_t)__ror(weights, 8));
      s0 = lower(even, w_even, s0), s2 = upper(even, w_even, s2);
      s1 = lower(odd, w_odd, s1), s3 = upper(odd, w_odd, s3);
    }
    pixel += w->in_width * channels, tap += w->kernel_width * channels;
  }
  sums[0] = s0, sums[1] = s1, sums[2] = s2, sums[3] = s3;
}

static int32_t one_channel(const depthwise_t *layer, part_t part, const int8_t *pixel, const int8_t *tap) {
  const window_t *w = &layer->window;
  int32_t sum = 0;
  for (int ky = part.top; ky < part.bottom; ky++, pixel += w->in_width * w->in_channels) {
    AS_IT_STANDS
    for (int kx = 0; kx < part.right - part.left; kx++)
      sum += (pixel[kx * w->in_channels] - layer->input_zero) * tap[kx * w->in_channels];
    tap += w->kernel_width * w->in_channels;
  }
  return sum;
}

void depthwise(const depthwise_t *layer, const int8_t *x, int8_t *y) {
  const window_t *w = &layer->window;
  int channels = w->in_channels;
  for (int oy = 0; oy < w->out_height; oy++)
    for (int ox = 0; ox < w->out_width; ox++, y += channels) {
      part_t part = part_at(w, oy, ox);
      const int8_t *pixel = x + first_pixel(w, part), *tap = layer->weights + first_weight(w, part);
      int c = 0;
      for (; c + 4 <= channels; c += 4) {
        int32_t sums[4] = {layer->bias[c], layer->bias[c + 1], layer->bias[c + 2], layer->bias[c + 3]};
        four_channels(layer, part, pixel + c, tap + c, sums);
        for (int k = 0; k < 4; k++) y[c + k] = narrowed(&layer->output, c + k, sums[k]);
      }
      for (; c < channels; c++)
        y[c] = narrowed(&layer->output, c, layer->bias[c] + one_channel(layer, part, pixel + c, tap + c));
    }
}
