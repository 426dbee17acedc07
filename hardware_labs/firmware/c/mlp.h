// A multi-layer perceptron in int8, with the arithmetic of TensorFlow Lite's reference kernels.
#pragma once
#include <stdint.h>

typedef struct {
  int inputs, outputs;
  const int8_t *weights;  // outputs x inputs, row by row, symmetric: zero point 0
  const int32_t *bias;    // in units of input_scale * weight_scale
  int32_t multiplier;     // input_scale * weight_scale / output_scale = multiplier * 2^-31 * 2^-shift
  int shift;
  int32_t input_zero, output_zero;
} dense_t;

int32_t requantize(int32_t accumulator, int32_t multiplier, int shift);
void dense(const dense_t *layer, const int8_t *x, int8_t *y);
