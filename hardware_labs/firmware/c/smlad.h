// Runs of products for Cortex-M4 and M7: SMLAD multiplies two pairs of 16-bit numbers and adds both.
// SXTAB16 widens two bytes and adds a pair on the way: minus the input's zero comes at no cost.
// Subtle: the words are fetched with __builtin_memcpy. Under -ffreestanding a plain memcpy is a call of
// a function, and the result 2.6 times slower than the scalar kernel. And dot2 stays a function, its loops
// as they stand: unrolled or in the midst of others they need more registers than there are.
#pragma once
#include <arm_acle.h>
#include "kernels.h"

static inline uint32_t word(const int8_t *bytes) {
  uint32_t four;
  __builtin_memcpy(&four, bytes, 4);
  return four;
}

static inline int32_t pair(int32_t value) { return (int32_t)(((uint32_t)value & 0xFFFF) * 0x10001u); }

static inline int32_t four_products(int32_t even, int32_t odd, uint32_t weights, int32_t sum) {
  sum = __smlad(even, __sxtb16((int32_t)weights), sum);
  return __smlad(odd, __sxtb16((int32_t)__ror(weights, 8)), sum);
}

// sums[k] += sum over i < n of (x[i] - zero) * rows[k][i], for two rows that share the inputs.
__attribute__((noinline)) static void dot2(const int8_t *x, const int8_t *a, const int8_t *b, int n, int32_t zero,
                                           int32_t *sums) {
  int32_t minus_zero = pair(-zero), sum_a = sums[0], sum_b = sums[1];
  AS_IT_STANDS
  for (; n >= 4; n -= 4, x += 4, a += 4, b += 4) {
    uint32_t inputs = word(x);
    int32_t even = __sxtab16(minus_zero, (int32_t)inputs);
    int32_t odd = __sxtab16(minus_zero, (int32_t)__ror(inputs, 8));
    sum_a = four_products(even, odd, word(a), sum_a);
    sum_b = four_products(even, odd, word(b), sum_b);
  }
  AS_IT_STANDS
  for (; n > 0; n--, x++, a++, b++) sum_a += (*x - zero) * *a, sum_b += (*x - zero) * *b;
  sums[0] = sum_a, sums[1] = sum_b;
}
