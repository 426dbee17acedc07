// From what the host sends to int8: pixels as bytes, or features as numbers of 32 bits.
#include "kernels.h"

void from_uint8(const from_uint8_t *layer, const int8_t *x, int8_t *y) {
  for (int i = 0; i < layer->count; i++) y[i] = (int8_t)((uint8_t)x[i] ^ 0x80);  // byte - 128
}

// The size of x / scale, rounded, from the bits of x: no board needs a floating-point unit for it.
static int32_t steps(uint32_t bits, int32_t multiplier, int32_t shift) {
  int32_t exponent = (int32_t)(bits >> 23 & 255), right = 157 + shift - exponent;
  uint32_t mantissa = (bits & 0x7FFFFF) | 0x800000;
  uint32_t high = (uint32_t)((uint64_t)mantissa * (uint32_t)multiplier >> 24);
  if (exponent == 0 || right > 31) return 0;
  if (right < 22) return 512;  // beyond all int8, also infinity and not a number
  return (int32_t)((high + ((uint32_t)1 << (right - 1))) >> right);
}

void from_float32(const from_float32_t *layer, const int8_t *x, int8_t *y) {
  for (int i = 0; i < layer->count; i++) {
    uint32_t bits;
    __builtin_memcpy(&bits, x + 4 * i, 4);
    int32_t size = steps(bits, layer->multiplier, layer->shift);
    y[i] = clamp(layer->output_zero + (bits >> 31 ? -size : size), -128, 127);
  }
}
