// The dense layer for a processor of 8 bits whose weights stay in flash, which it reads with instructions of its
// own (avr-libc, avr/pgmspace.h). An int has 16 bits here. The arithmetic is that of mlp.c, to the last bit.
#include <avr/pgmspace.h>
#include "mlp.h"

int32_t requantize(int32_t accumulator, int32_t multiplier, int shift) {
  int64_t product = (int64_t)accumulator * multiplier;
  int32_t high = (int32_t)((product + ((int64_t)1 << 30)) >> 31);  // rounds down: halves up
  int32_t mask = (int32_t)(((uint32_t)1 << shift) - 1), remainder = high & mask;
  return (high >> shift) + (remainder > (mask >> 1) + (high < 0));  // halves away from zero
}

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  const int8_t *weight = layer->weights;
  for (int o = 0; o < layer->outputs; o++) {
    int32_t sum = (int32_t)pgm_read_dword(layer->bias + o);
    for (int i = 0; i < layer->inputs; i++)
      sum += (int32_t)(x[i] - (int16_t)layer->input_zero) * (int8_t)pgm_read_byte(weight++);
    int32_t q = requantize(sum, layer->multiplier, layer->shift) + layer->output_zero;
    y[o] = (int8_t)(q < -128 ? -128 : q > 127 ? 127 : q);
  }
}
