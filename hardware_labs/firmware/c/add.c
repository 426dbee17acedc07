// The end of a residual block: two values with scales of their own, added on a common finer scale.
#include "kernels.h"

#define FINER 20  // 2^20 steps for each step of twice the coarser scale, as in TensorFlow Lite

static int32_t common(const add_t *layer, int which, int8_t q) {
  int32_t centred = (q - layer->input_zeros[which]) * ((int32_t)1 << FINER);
  return requantize(centred, layer->input_multipliers[which], layer->input_shifts[which]);
}

void add(const add_t *layer, const int8_t *a, const int8_t *b, int8_t *y) {
  for (int i = 0; i < layer->count; i++) {
    int32_t sum = common(layer, 0, a[i]) + common(layer, 1, b[i]);
    int32_t q = requantize(sum, layer->multiplier, layer->shift) + layer->output_zero;
    y[i] = clamp(q, layer->low, layer->high);
  }
}
