// The classifier: int32 sums, then requantised to int8 as gemmlowp does it.
#include "mlp.h"

// The high 32 bits of 2 * a * b, rounded to nearest, halves up (Jacob et al. 2018, section 2.2).
static int32_t rounding_doubling_high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  int64_t product = (int64_t)a * b;
  int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
  return (int32_t)((product + nudge) / (1ll << 31));  // C's division truncates toward zero
}

// x / 2^exponent, rounded to nearest, halves away from zero.
static int32_t rounding_divide_by_pot(int32_t x, int exponent) {
  int32_t mask = (int32_t)((1ll << exponent) - 1);
  int32_t remainder = x & mask;
  int32_t threshold = (mask >> 1) + (x < 0);
  return (x >> exponent) + (remainder > threshold);
}

int32_t requantize(int32_t accumulator, int32_t multiplier, int shift) {
  return rounding_divide_by_pot(rounding_doubling_high_mul(accumulator, multiplier), shift);
}

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  for (int o = 0; o < layer->outputs; o++) {
    const int8_t *row = layer->weights + o * layer->inputs;
    int32_t sum = layer->bias[o];
    for (int i = 0; i < layer->inputs; i++) sum += (x[i] - layer->input_zero) * row[i];
    int32_t q = requantize(sum, layer->multiplier, layer->shift) + layer->output_zero;
    y[o] = (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
  }
}
