// The dense layer for a processor of 8 bits whose weights stay in flash, which it reads with instructions of its
// own (avr-libc, avr/pgmspace.h). An int has 16 bits here. The arithmetic is that of requantize.c, to the last bit.
#include <avr/pgmspace.h>
#include "kernels.h"

int32_t requantize(int32_t accumulator, int32_t multiplier, int shift) {
  int64_t product = (int64_t)accumulator * multiplier;
  int32_t high = (int32_t)((product + ((int64_t)1 << 30)) >> 31);  // rounds down: halves up
  int32_t mask = (int32_t)(((uint32_t)1 << shift) - 1), remainder = high & mask;
  return (high >> shift) + (remainder > (mask >> 1) + (high < 0));  // halves away from zero
}

static int8_t narrow_from_flash(const output_t *output, int channel, int32_t sum) {
  int at = output->per_channel ? channel : 0;
  int32_t multiplier = (int32_t)pgm_read_dword(output->multipliers + at);
  int8_t shift = (int8_t)pgm_read_byte(output->shifts + at);
  return clamp(requantize(sum, multiplier, shift) + output->zero, output->low, output->high);
}

void dense(const dense_t *layer, const int8_t *x, int8_t *y) {
  const int8_t *weight = layer->weights;
  for (int o = 0; o < layer->outputs; o++) {
    int32_t sum = (int32_t)pgm_read_dword(layer->bias + o);
    for (int i = 0; i < layer->inputs; i++)
      sum += (int32_t)(x[i] - (int16_t)layer->input_zero) * (int8_t)pgm_read_byte(weight++);
    y[o] = narrow_from_flash(&layer->output, o, sum);
  }
}
