// Two rows of weights in one pass, two products in one instruction (SMLAD), no call for the last step.
#include "smlad.h"

// A sum to int8, in the place of a call: SMMULR is the high half of a product, rounded. Sums of this
// network stay below 2^30, so that twice a sum fits.
static inline int8_t narrowed(const output_t *output, int channel, int32_t sum) {
  int at = output->per_channel ? channel : 0, shift = output->shifts[at];
  int32_t high = (int32_t)(((int64_t)(sum * 2) * output->multipliers[at] + 0x80000000ll) >> 32);
  int32_t half = shift ? 1 << (shift - 1) : 0;
  int32_t q = ((high + half - (high < 0 && shift)) >> shift) + output->zero;
  return clamp(q, output->low, output->high);
}

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  int n = layer->inputs, last = layer->outputs - 1;
  for (int o = 0; o <= last; o += 2) {
    int other = o < last ? o + 1 : o;
    int32_t sums[2] = {layer->bias[o], layer->bias[other]};
    dot2(x, layer->weights + o * n, layer->weights + other * n, n, layer->input_zero, sums);
    y[o] = narrowed(&layer->output, o, sums[0]);
    y[other] = narrowed(&layer->output, other, sums[1]);
  }
}
