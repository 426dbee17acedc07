// From an int32 sum to the scale of the output, with two roundings, as gemmlowp does it.
#include "kernels.h"

// The high 32 bits of 2 * a * b, rounded to nearest, halves up (Jacob et al. 2018, section 2.2).
static int32_t rounding_doubling_high_mul(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  int64_t product = (int64_t)a * b;
  int64_t nudge = product >= 0 ? (1ll << 30) : 1 - (1ll << 30);
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
